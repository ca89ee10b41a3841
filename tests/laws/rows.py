"""Acts in a row that spend what a household has just got: by its card, its pages, and as gifts."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from points.domain.access import OPERATOR
from points.domain.ids import HouseholdId
from points.domain.operations import (
    Adjust,
    CardRef,
    Give,
    Redeem,
)
from tests.laws.kinds import GOODS, PINS, SHOWN, WHEN, Ask, Drawn, often, some
from tests.laws.world import (
    CHEN_CARD,
    JUNIOR_CARD,
    LIS_PAGE,
    PARTNER,
    STALL,
    SUPERVISOR,
    WANG_NUMBER,
    WANGS_PAGE,
)
from tests.market import (
    LI,
    LI_CARD,
    WANG,
    WANG_CARD,
    ZHAO_CARD,
)


def asked_in_a_row(whose: Drawn, by: Drawn, operations: Drawn, pins: Drawn) -> Drawn:
    """Ask for as much as a household has just got, and for more than that."""
    got = st.builds(
        Adjust,
        household=whose,
        points=some(4, 15, 15, 30),
        reason=st.just("lent"),
        approver=st.just("Chen"),
        occurred_at=WHEN,
    )
    now = st.just(timedelta())
    endowed = st.builds(Ask, st.just(OPERATOR), got, now, st.just(1)).map(lambda it: [it])
    asked = st.builds(Ask, by, operations, now, some(*often(4, 2), 3), pins)
    row = st.tuples(endowed, st.lists(asked, min_size=1, max_size=4))
    return row.map(lambda both: (*both[0], *both[1]))


def shown(ref: CardRef, household: HouseholdId) -> Drawn:
    """Goods are asked for by what the household's page has just shown."""
    by = some(*often(5, STALL), PARTNER, SUPERVISOR)
    operations = SHOWN.map(lambda it: replace(it, card=ref))
    return asked_in_a_row(st.just(household), by, operations, st.none())


PURCHASES = asked_in_a_row(
    some(WANG, WANG, LI),
    some(*often(3, STALL), PARTNER),
    st.builds(
        Redeem,
        card=some(WANG_CARD, WANG_CARD, LI_CARD),
        reward=GOODS,
        quantity=some(1, 1, 2),
        price_shown=some(4, 6),
        occurred_at=WHEN,
    ),
    PINS,
)
"""What a card alone may not buy on one day."""
GIFTS = asked_in_a_row(
    some(WANG, WANG, LI),
    some(*often(3, WANGS_PAGE), LIS_PAGE, OPERATOR),
    st.builds(
        Give,
        card=some(WANG_CARD, WANG_NUMBER, JUNIOR_CARD, LI_CARD),
        to=some(*often(5, LI_CARD), WANG_CARD, CHEN_CARD, ZHAO_CARD),
        points=some(1, 3, 4, 5, 9),
        occurred_at=WHEN,
    ),
    PINS,
)
