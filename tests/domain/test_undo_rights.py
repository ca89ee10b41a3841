"""Who may take what back, and until when."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import Asked, Outcome, Refused
from points.domain.operations import Merge, OperationKey
from points.domain.outcomes import Refusal
from tests.build import ask, make_device, make_earn, make_facts, make_redeem, make_undo
from tests.market import BOOTHS, CORRIDORS, DAY, GAME, LI, LI_CARD, NOW, SORTING, WANG, at
from tests.memory import Memory

EARNED = ask(make_earn(), key="earned")
BOUGHT = ask(make_redeem(), key="bought")
MERGE = ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR)


def reasons(outcomes: Sequence[Outcome]) -> list[Refusal | None]:
    return [it.reason if isinstance(it, Refused) else None for it in outcomes]


def test_nothing_is_taken_back_twice() -> None:
    outcomes = Memory().post(EARNED, make_undo("earned"), make_undo("earned"))

    assert outcomes[2] == Refused(reason=Refusal.ALREADY_UNDONE)


def test_an_undo_of_an_earlier_batch_is_remembered() -> None:
    book = Memory()
    book.post(EARNED, make_undo("earned"))

    assert book.tell(make_undo("earned")) == Refused(reason=Refusal.ALREADY_UNDONE)


@pytest.mark.parametrize(
    "other",
    [
        ask(make_undo("earned"), key="other"),
        replace(MERGE, key=OperationKey("other")),
    ],
    ids=["an undo", "a merge"],
)
def test_what_has_no_mirror_is_not_taken_back(other: Asked) -> None:
    outcomes = Memory().post(EARNED, other, ask(make_undo("other"), by=OPERATOR))

    assert outcomes[2] == Refused(reason=Refusal.CANNOT_UNDO)


def test_what_was_refused_for_good_has_nothing_to_take_back() -> None:
    outcomes = Memory().post(BOUGHT, make_undo("bought"))

    assert reasons(outcomes) == [Refusal.POINTS_SHORT, Refusal.CANNOT_UNDO]


def test_what_is_not_known_yet_may_still_arrive() -> None:
    outcomes = Memory().post(make_undo("earned"), EARNED, make_undo("earned"))

    assert reasons(outcomes) == [Refusal.OPERATION_UNKNOWN, None, None]


VOLUNTEER = make_device(role=Role.EARN, booth=BOOTHS[7].key, number=7)
OTHER_VOLUNTEER = make_device(role=Role.EARN, booth=BOOTHS[7].key, number=8)
OTHER_SUPERVISOR = make_device(event=CORRIDORS.key, booth=None, number=9)


@pytest.mark.parametrize(
    ("who", "clock", "reason"),
    [
        (VOLUNTEER, "10:15", None),
        (VOLUNTEER, "10:15:00.000001", Refusal.TOO_LATE_TO_UNDO),
        (OTHER_VOLUNTEER, "10:01", Refusal.OPERATION_UNKNOWN),
        (OTHER_SUPERVISOR, "10:01", Refusal.OPERATION_UNKNOWN),
        (make_device(), "11:30", None),
        (OPERATOR, "11:30", None),
    ],
)
def test_ones_own_is_taken_back_in_time_and_others_by_whoever_oversees_the_event(
    who: Credential, clock: str, reason: Refusal | None
) -> None:
    book = Memory(make_facts(now=at(clock)))
    game = make_earn(activity=GAME.key, is_offline=True)
    book.tell(ask(game, key="game", by=VOLUNTEER))

    outcome = book.tell(ask(make_undo("game", occurred_at=at(clock)), by=who))

    assert reasons([outcome]) == [reason]


def test_too_late_says_how_long_one_had() -> None:
    book = Memory(make_facts(now=at("10:30")))
    game = make_earn(activity=GAME.key, is_offline=True)
    book.tell(ask(game, key="game", by=VOLUNTEER))

    outcome = book.tell(ask(make_undo("game", occurred_at=at("10:30")), by=VOLUNTEER))

    assert outcome == Refused(reason=Refusal.TOO_LATE_TO_UNDO, details={"minutes": 15})


def test_a_partner_voids_its_own_whenever() -> None:
    partner = make_device(role=Role.PARTNER, number=5)
    book = Memory(make_facts(points={WANG: 100}))
    book.tell(replace(BOUGHT, credential=partner))
    book.set(at("10:00", on=DAY + timedelta(days=20)))

    late = make_undo("bought", occurred_at=book.facts.now)

    assert reasons([book.tell(ask(late, by=partner))]) == [None]


def test_a_partner_voids_nothing_of_others() -> None:
    partner = make_device(role=Role.PARTNER, number=5)
    book = Memory(make_facts(points={WANG: 100}))
    book.tell(BOUGHT)

    outcome = book.tell(ask(make_undo("bought"), by=partner))

    assert outcome == Refused(reason=Refusal.OPERATION_UNKNOWN)


def test_a_volunteer_does_not_claw_back() -> None:
    book = Memory()
    book.tell(ask(make_earn(activity=GAME.key), key="game", by=VOLUNTEER))

    outcome = book.tell(ask(make_undo("game", claws_back=True), by=VOLUNTEER))

    assert outcome == Refused(reason=Refusal.NOT_ALLOWED)


def test_ones_own_operation_is_meant_before_anothers_of_the_same_name() -> None:
    book = Memory()
    sort = make_earn(activity=SORTING.key)
    book.tell(ask(sort, key="same", by=VOLUNTEER))
    book.tell(ask(replace(sort, card=LI_CARD), key="same", by=OTHER_VOLUNTEER))

    book.tell(ask(make_undo("same"), by=OTHER_VOLUNTEER))
    ambiguous = book.tell(make_undo("same"))

    assert (book.points(WANG), book.points(LI)) == (10, 0)
    assert ambiguous == Refused(reason=Refusal.OPERATION_UNKNOWN)


def test_an_undo_from_the_future_is_refused() -> None:
    outcomes = Memory().post(EARNED, make_undo("earned", occurred_at=at("10:11")))

    assert reasons(outcomes) == [None, Refusal.CLOCK_OFF]
