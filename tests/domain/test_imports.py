"""What a list changes: each household as its rows say, and nothing where one row cannot be so."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from points.domain.cards import make_card_number
from points.domain.facts import CardState
from points.domain.ids import CardId, CommunityKey, HouseholdId
from points.domain.imports import Known, KnownDoor, Plan, plan_import
from points.domain.people import CardRecord, Home
from points.domain.sheets import Column, Line, RowFault, RowReason
from tests.market import NOW

SHIJI = CommunityKey("shiji")
WANG = Home(community=SHIJI, door="2-301", name="王伟")
LI = Home(community=SHIJI, door="2-302", name="李娜")


def card(number: int, **given: object) -> CardRecord:
    """Print a card whose anonymous household bears ten times its number."""
    blank = CardRecord(
        id=CardId(number),
        number=make_card_number(10_000_000 + number),
        state=CardState.ACTIVE,
        stopped_at=None,
        replaced_by=None,
        household=HouseholdId(10 * number),
        home=None,
        resident=None,
        printed_at=NOW,
    )
    return replace(blank, **given)  # type: ignore[arg-type]


def line(home: Home, *cards: CardRecord, row: int = 2) -> Line:
    return Line(row=row, home=home, cards=tuple(one.number for one in cards))


def known(
    *cards: CardRecord, doors: dict[Home, int] | None = None, used: Iterable[int] = ()
) -> Known:
    behind = {
        home.place: KnownDoor(household=HouseholdId(number), name=home.name)
        for home, number in (doors or {}).items()
    }
    return Known(
        doors=behind,
        cards={one.number: one for one in cards},
        used=frozenset(HouseholdId(number) for number in used),
    )


def test_a_household_without_cards_is_added() -> None:
    assert plan_import([line(WANG)], known()) == Plan(added=[WANG])


def test_the_first_cards_household_lives_behind_the_door_with_all_that_it_earned() -> None:
    plan = plan_import([line(WANG, card(1))], known(card(1), used=[10]))

    assert plan == Plan(settled={HouseholdId(10): WANG}, cards_bound=1)


def test_further_cards_come_along_and_those_that_earned_bring_their_past() -> None:
    cards = [card(1), card(2), card(3)]

    plan = plan_import([line(WANG, *cards)], known(*cards, used=[30]))

    assert plan == Plan(
        settled={HouseholdId(10): WANG},
        moved={CardId(2): HouseholdId(10)},
        left={HouseholdId(20)},
        merged={HouseholdId(30): HouseholdId(10)},
        cards_bound=3,
    )
    assert isinstance(plan, Plan)
    assert plan.touched() == {10, 20, 30}


def test_a_household_that_is_known_stays_as_it_is() -> None:
    mine = card(1, household=HouseholdId(7), home=WANG)

    plan = plan_import([line(WANG, mine)], known(mine, doors={WANG: 7}))

    assert plan == Plan(unchanged=1)
    assert isinstance(plan, Plan)
    assert plan.is_empty()


def test_a_list_without_names_takes_no_name_away() -> None:
    nameless = replace(WANG, name=None)

    assert plan_import([line(nameless)], known(doors={WANG: 7})) == Plan(unchanged=1)


def test_a_known_household_may_get_a_name_and_cards() -> None:
    nameless = replace(WANG, name=None)
    cards = [card(1), card(2)]

    plan = plan_import([line(WANG, *cards)], known(*cards, doors={nameless: 7}, used=[20]))

    assert plan == Plan(
        named={WANG.place: "王伟"},
        moved={CardId(1): HouseholdId(7)},
        left={HouseholdId(10)},
        merged={HouseholdId(20): HouseholdId(7)},
        changed=1,
        cards_bound=2,
    )


def test_a_stopped_card_that_is_theirs_already_is_no_fault() -> None:
    lost = card(1, household=HouseholdId(7), home=WANG, state=CardState.REPLACED)

    assert plan_import([line(WANG, lost)], known(lost, doors={WANG: 7})) == Plan(unchanged=1)


@pytest.mark.parametrize(
    ("found", "reason", "details"),
    [
        (None, RowReason.CARD_UNKNOWN, {}),
        (card(1, home=LI), RowReason.CARD_BOUND, {}),
        (card(1, state=CardState.FROZEN), RowReason.CARD_STOPPED, {"state": "frozen"}),
        (card(1, state=CardState.REPLACED), RowReason.CARD_STOPPED, {"state": "replaced"}),
    ],
)
def test_a_card_that_cannot_be_theirs_is_a_fault(
    found: CardRecord | None, reason: RowReason, details: dict[str, str]
) -> None:
    faults = plan_import([line(WANG, card(1))], known(*([found] if found else [])))

    number = str(card(1).number)
    assert faults == [
        RowFault(row=2, column=Column.CARDS, reason=reason, details={"found": number, **details})
    ]


def test_another_name_than_the_known_one_is_a_fault() -> None:
    other = replace(WANG, name="王芳")

    assert plan_import([line(other)], known(doors={WANG: 7})) == [
        RowFault(
            row=2,
            column=Column.NAME,
            reason=RowReason.DIFFERS_FROM_DATABASE,
            details={"known": "王伟"},
        )
    ]


def test_cards_of_one_anonymous_household_live_behind_one_door() -> None:
    together = [card(1), card(2, household=HouseholdId(10))]

    one_row = plan_import([line(WANG, *together)], known(*together, used=[10]))
    two_rows = plan_import(
        [line(WANG, together[0]), line(LI, together[1], row=3)], known(*together)
    )

    assert one_row == Plan(settled={HouseholdId(10): WANG}, cards_bound=2)
    assert two_rows == [
        RowFault(
            row=3,
            column=Column.CARDS,
            reason=RowReason.CARD_BOUND,
            details={"found": together[1].number, "first_row": 2},
        )
    ]


def test_every_bad_row_is_named_not_only_the_first() -> None:
    lines = [line(WANG, card(1)), line(LI, card(2), row=3)]

    faults = plan_import(lines, known())

    assert isinstance(faults, list)
    assert [fault.row for fault in faults] == [2, 3]
