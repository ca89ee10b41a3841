"""What a blank card is, and what names a binding."""

from dataclasses import replace

import pytest

from points.domain.binding import Binding, NewHousehold, blank_fault
from points.domain.cards import CardNumber
from points.domain.desk import DeskFault, NotDone
from points.domain.facts import CardState
from points.domain.ids import CardId, CommunityKey, HouseholdId
from points.domain.people import CardRecord, Home, HouseholdRecord
from tests.market import LI_CARD, NOW, WANG_CARD

CARD = CardRecord(
    id=CardId(1),
    number=CardNumber("271836501"),
    state=CardState.ACTIVE,
    stopped_at=None,
    replaced_by=None,
    household=HouseholdId(1),
    home=None,
    resident=None,
    printed_at=NOW,
)
ALONE = HouseholdRecord(id=HouseholdId(1), home=None, cards=(CARD,))
SHIJI = Home(community=CommunityKey("shiji"), door="")
BINDING = Binding(key="a", card=WANG_CARD, to=NewHousehold())


def test_a_card_by_itself_of_whose_household_nothing_is_known_is_blank() -> None:
    assert blank_fault(CARD, ALONE) is None


@pytest.mark.parametrize(
    "household",
    [
        replace(ALONE, home=SHIJI),
        replace(ALONE, building="3"),
        replace(ALONE, cards=(CARD, replace(CARD, id=CardId(2)))),
    ],
)
def test_any_other_card_is_somebodys(household: HouseholdRecord) -> None:
    assert blank_fault(CARD, household) == NotDone(
        reason=DeskFault.CARD_BOUND, details={"number": CARD.number}
    )


def test_a_binding_is_told_from_another_by_cards_and_notice() -> None:
    others = [
        BINDING,
        replace(BINDING, card=LI_CARD),
        replace(BINDING, to=LI_CARD),
        replace(BINDING, notice="ab"),
    ]

    assert len({one.fingerprint for one in others}) == len(others)


def test_where_a_household_lives_cannot_be_guessed_from_what_names_its_binding() -> None:
    told = NewHousehold(community=SHIJI.community, building="3")

    assert replace(BINDING, to=told).fingerprint == BINDING.fingerprint
    assert (NewHousehold().is_told, told.is_told, NewHousehold(building="3").is_told) == (
        False,
        True,
        True,
    )
