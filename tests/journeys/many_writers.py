"""One of several processes that post the same things to one book, each in an order of its own."""

import json
import random
import sys
from collections.abc import Callable
from dataclasses import replace

from points.domain.facts import Asked, Conflict, Outcome, Refused, Replayed
from points.domain.ids import HouseholdId
from points.domain.operations import CardRef, Redeem, card_by_code
from points.service.poster import Poster
from points.service.posting import make_book
from points.storage.engine import open_database
from tests.build import ask, make_catalog, make_device, make_earn, make_redeem
from tests.market import BIN_BAGS, SORTING
from tests.save import WallClock

HOUSEHOLDS = [HouseholdId(number) for number in range(1, 9)]
KEYS = 300
STOCK = 50
CATALOG = make_catalog(
    replace(BIN_BAGS, stock=STOCK, price=1, per_household_per_event=None),
    replace(SORTING, counts_towards_day=False),
)
_PHONE = make_device(booth=None)
_TILL = make_device()


def same_for_everyone(_process: int) -> list[Asked]:
    """Give the same operations to every process: a third earn, the rest redeem what there is."""
    return [_asked(number) for number in range(KEYS)]


def the_last_one(process: int) -> list[Asked]:
    """Give each process ten people who want the same reward."""
    return [ask(_redeem(number), key=f"last-{process}-{number}") for number in range(10)]


def _asked(number: int) -> Asked:
    if number % 3:
        return ask(_redeem(number), key=f"redeem-{number}", by=_TILL)
    earn = make_earn(card=_card(number), activity=SORTING.key)
    return ask(earn, key=f"earn-{number}", by=_PHONE)


def _redeem(number: int) -> Redeem:
    return make_redeem(card=_card(number), price_shown=1)


def _card(number: int) -> CardRef:
    return card_by_code(bytes([HOUSEHOLDS[number % len(HOUSEHOLDS)]]) * 32)


def _told(outcome: Outcome) -> str:
    verdict = outcome.first if isinstance(outcome, Replayed) else outcome
    assert not isinstance(verdict, Conflict)
    how = "again" if isinstance(outcome, Replayed) else "now"
    said = verdict.reason if isinstance(verdict, Refused) else f"operation {verdict.operation}"
    return f"{how}: {said}"


def main(url: str, process: int, what: Callable[[int], list[Asked]]) -> None:
    """Post in random portions, and print what each name was told."""
    asked, chance = what(process), random.Random(process)
    chance.shuffle(asked)
    database = open_database(url)
    poster = Poster(make_book(database, WallClock()))
    poster.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    waiting = []
    while asked:
        portion = [asked.pop() for _ in range(min(len(asked), chance.randint(1, 12)))]
        waiting.append((portion, poster.submit(portion)))
    told = {
        one.key: _told(outcome)
        for portion, future in waiting
        for one, outcome in zip(portion, future.result(), strict=True)
    }
    poster.stop()
    database.dispose()
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(
        sys.argv[1],
        int(sys.argv[2]),
        {"same": same_for_everyone, "last": the_last_one}[sys.argv[3]],
    )
