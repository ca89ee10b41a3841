"""Phones at work: each keeps a notebook, and knows of an answer only what reached it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic, sleep
from uuid import uuid4

from points.client import Client, Outcome, Pace, Unanswered
from tests.drills.ground import EVERYONE, Visitors
from tests.drills.notebooks import Json, Notebook, Noted, read_notebooks

AGAIN_MAX = 600
ASKED_AGAIN_MAX = 200
WAIT_SECONDS_MAX = 60
ONE_TRY = Pace(tries_max=1)  # the drill decides when something is sent again
_PAUSE_SECONDS = 0.05
_LOOK_SECONDS = 0.005


class Phone:
    """One phone with the visitors of its booth."""

    def __init__(self, base_url: str, token: str, notes: Path, households: Sequence[int]) -> None:
        self.notes = notes
        self._client = Client(base_url, token, pace=ONE_TRY)
        self._notebook = Notebook(notes)
        self._visitors = Visitors(households[0], lambda: str(uuid4()), households)
        self._unanswered: dict[str, Json] = {}
        self.answered = 0
        self.turned_away = 0

    def unanswered(self) -> list[Json]:
        """Give what must be sent again, oldest first."""
        return list(self._unanswered.values())

    def work_until(self, over: Event, *, persists: bool = False) -> None:
        """Send what is unanswered, then serve visitors, until told.

        Whoever persists goes on where nobody answers; else that ends the work as well.
        """
        while not over.is_set():
            try:
                for sent in self.unanswered():
                    self._send(sent)
                self.serve_one()
            except Unanswered:
                self.turned_away += 1
                if not persists:
                    return
                over.wait(_PAUSE_SECONDS)

    def serve_one(self) -> Outcome:
        """Serve the next visitor.

        Raises:
            Unanswered: It must be sent again.
        """
        sent = self._visitors.next()
        self._notebook.will_send(sent)
        self._unanswered[str(sent["id"])] = sent
        return self._send(sent)

    def try_one(self) -> str:
        """Serve the next visitor, and say what came instead of an answer; nothing, if one did."""
        try:
            self.serve_one()
        except Unanswered as unanswered:
            return str(unanswered)
        return ""

    def available(self, card: str) -> int:
        """Give what a card has to spend."""
        return self._client.balance(card).available

    def settle(self) -> None:
        """Send again until everything has its answer."""
        for sent in self.unanswered():
            self._note(self._try_until_answered(sent))

    def ask_again(self, sent: Json) -> Json:
        """Send what was sent before, and give the answer without noting it."""
        return _said(self._try_until_answered(sent))

    def close(self) -> None:
        self._client.close()
        self._notebook.close()

    def _send(self, sent: Json) -> Outcome:
        [outcome] = self._client.operate([sent])
        self._note(outcome)
        return outcome

    def _try_until_answered(self, sent: Json) -> Outcome:
        reason = Unanswered("not tried")
        for _ in range(AGAIN_MAX):
            try:
                return self._client.operate([sent])[0]
            except Unanswered as unanswered:
                reason = unanswered
            sleep(_PAUSE_SECONDS)
        raise reason

    def _note(self, outcome: Outcome) -> None:
        assert outcome.id is not None, "what has a name is answered by it"
        self._notebook.was_answered(outcome.id, _said(outcome))
        del self._unanswered[outcome.id]
        self.answered += 1
        if outcome.counts:
            self._visitors.was_done(outcome.id)


@contextmanager
def phones_at(
    services: Sequence[str], token: str, folder: Path, *, count: int
) -> Iterator["Phones"]:
    """Give phones that share households and services out among them."""
    phones = Phones(
        [
            Phone(base_url, token, folder / f"phone-{number}", EVERYONE[number::count])
            for number, base_url in zip(range(count), cycle(services), strict=False)
        ]
    )
    try:
        yield phones
    finally:
        phones.close()


@dataclass(frozen=True, slots=True)
class AskedAgain:
    """What came of sending answered operations once more."""

    times: int
    answered_otherwise: list[str]


class Phones:
    """All phones of a drill."""

    def __init__(self, phones: Sequence[Phone]) -> None:
        self._phones = phones
        self._threads = ThreadPoolExecutor(len(phones), thread_name_prefix="phone")

    @contextmanager
    def at_work(self, *, persists: bool = False) -> Iterator[None]:
        """Let every phone serve visitors until the block ends or, if not told, nobody answers."""
        over = Event()
        working = [
            self._threads.submit(phone.work_until, over, persists=persists)
            for phone in self._phones
        ]
        try:
            yield
        finally:
            over.set()
            wait(working)
        for phone in working:
            phone.result()

    @property
    def first(self) -> Phone:
        return self._phones[0]

    def unanswered(self) -> list[Json]:
        return [sent for phone in self._phones for sent in phone.unanswered()]

    def wait_for_answers(self, many: int) -> None:
        """Wait until phones at work have got so many more answers."""
        before = self.answered
        _wait(lambda: self.answered >= before + many)

    def wait_until_turned_away(self) -> None:
        """Wait until every phone at work was told to come back, and once more."""
        before = [phone.turned_away for phone in self._phones]
        _wait(
            lambda: all(
                phone.turned_away >= times + 2
                for phone, times in zip(self._phones, before, strict=True)
            )
        )

    @property
    def answered(self) -> int:
        return sum(phone.answered for phone in self._phones)

    def settle(self) -> None:
        list(self._threads.map(Phone.settle, self._phones))

    def ask_again(self, random: Random, *, also: Collection[str] = ()) -> "AskedAgain":
        """Send some once more, long after they were answered: the answer must be the first.

        Any phone may ask, as all have one token.
        """
        noted = self.noted()
        some = random.sample(sorted(noted.answers), min(ASKED_AGAIN_MAX, len(noted.answers)))
        # What was refused for the moment may be accepted later, and rightly so.
        keys = [key for key in {*some, *also} if noted.answers[key]["is_final"]]
        phones = [self._phones[number % len(self._phones)] for number in range(len(keys))]
        again = self._threads.map(Phone.ask_again, phones, [noted.sent[key] for key in keys])
        otherwise = [
            key for key, said in zip(keys, again, strict=True) if said != noted.answers[key]
        ]
        return AskedAgain(len(keys), otherwise)

    def noted(self) -> Noted:
        return read_notebooks(*(phone.notes for phone in self._phones))

    def close(self) -> None:
        self._threads.shutdown()
        for phone in self._phones:
            phone.close()


def _wait(is_so: Callable[[], bool]) -> None:
    give_up_at = monotonic() + WAIT_SECONDS_MAX
    while not is_so():
        assert monotonic() < give_up_at, "the phones have waited long enough"
        sleep(_LOOK_SECONDS)


def _said(outcome: Outcome) -> Json:
    answer = asdict(outcome)
    # Whether it is the first answer or its repetition is no part of what was answered.
    return {name: answer[name] for name in ("code", "points", "balance", "is_final", "details")}
