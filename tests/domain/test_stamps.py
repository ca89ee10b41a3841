"""Stamps are decided in `earning.py`; what is particular about them is tested here."""

from dataclasses import replace

from points.domain.access import OPERATOR, Role
from points.domain.facts import Accepted, Asked, Refused
from points.domain.ids import OperationId
from points.domain.operations import CardRef, Merge
from points.domain.outcomes import Refusal
from points.domain.programme import Span, TimesLimit, Who
from tests.build import ask, make_catalog, make_device, make_earn, make_facts, make_undo
from tests.market import BOOTHS, LI, LI_CARD, NOW, STAMP, WANG, WANG_CARD
from tests.memory import Memory


def stamp(booth: int, *, card: CardRef = WANG_CARD, key: str | None = None) -> Asked:
    phone = make_device(role=Role.EARN, booth=BOOTHS[booth].key, number=booth)
    return ask(make_earn(activity=STAMP.key, card=card), by=phone, key=key)


def stamped(number: int, *, booths: int, balance: int) -> Accepted:
    return Accepted(
        operation=OperationId(number),
        points=2,
        balance=balance,
        details={"booths": booths, "booths_needed": 3},
    )


def test_each_booth_stamps_once_and_the_last_of_enough_different_ones_pays_a_bonus() -> None:
    outcomes = Memory().post(stamp(1), stamp(2), stamp(1), stamp(3), stamp(5))

    bonus = Accepted(
        operation=OperationId(1002),
        points=22,
        balance=26,
        details={"booths": 3, "booths_needed": 3, "bonus": 20},
    )
    assert outcomes == [
        stamped(1000, booths=1, balance=2),
        stamped(1001, booths=2, balance=4),
        Refused(
            reason=Refusal.LIMIT_REACHED, details={"limit": 1, "per": "event", "who": "household"}
        ),
        bonus,
        stamped(1003, booths=4, balance=28),
    ]


def test_a_limit_over_the_activity_holds_at_all_booths_together() -> None:
    one = TimesLimit(who=Who.HOUSEHOLD, span=Span.ACTIVITY, times_max=1)
    book = Memory(make_facts(catalog=make_catalog(replace(STAMP, times=(one,)))))

    outcomes = book.post(stamp(1), stamp(2))

    assert outcomes[1] == Refused(
        reason=Refusal.LIMIT_REACHED, details={"limit": 1, "per": "activity", "who": "household"}
    )


def test_the_same_booth_again_is_no_different_booth() -> None:
    book = Memory(make_facts(catalog=make_catalog(replace(STAMP, times=()))))

    outcomes = book.post(*(stamp(1) for _ in range(4)))

    assert outcomes[3] == stamped(1003, booths=1, balance=8)


def test_a_bonus_that_was_taken_back_is_paid_by_the_next_stamp() -> None:
    book = Memory()
    book.post(stamp(1), stamp(2), stamp(3, key="third"))

    undone, again = book.post(
        ask(make_undo("third"), by=make_device(role=Role.EARN, booth=BOOTHS[3].key, number=3)),
        stamp(3),
    )

    assert isinstance(undone, Accepted)
    assert undone.points == -22
    assert again == Accepted(
        operation=OperationId(1004),
        points=22,
        balance=26,
        details={"booths": 3, "booths_needed": 3, "bonus": 20},
    )


def test_a_bonus_is_paid_once_though_an_earlier_stamp_was_taken_back() -> None:
    book = Memory()
    book.post(stamp(1, key="first"), stamp(2), stamp(3))
    phone = make_device(role=Role.EARN, booth=BOOTHS[1].key, number=1)

    _, again = book.post(ask(make_undo("first"), by=phone), stamp(1))

    assert again == stamped(1004, booths=3, balance=26)


def test_merged_households_have_the_stamps_of_both() -> None:
    book = Memory()
    book.post(stamp(1), stamp(2), stamp(3, card=LI_CARD), stamp(1, card=LI_CARD))
    book.tell(ask(Merge(source=LI, into=WANG, occurred_at=NOW), by=OPERATOR))

    outcomes = book.post(stamp(3), stamp(5, card=LI_CARD))

    assert isinstance(outcomes[0], Refused)
    assert outcomes[1] == Accepted(
        operation=OperationId(1005),
        points=22,
        balance=30,
        details={"booths": 4, "booths_needed": 3, "bonus": 20},
    )


def test_whoever_is_at_no_booth_cannot_stamp() -> None:
    nowhere = make_device(booth=None)

    outcome = Memory().tell(ask(make_earn(activity=STAMP.key), by=nowhere))

    assert outcome == Refused(reason=Refusal.BOOTH_UNKNOWN)
