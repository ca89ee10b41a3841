"""Which operations a run asks for, by whom, and how often of each.

An ask is a small frozen value that says *what*, not *when* or *under which name*: whoever runs it
fills these in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from points.domain.access import OPERATOR, Credential
from points.domain.ids import BoothKey, HouseholdId, LotId
from points.domain.operations import (
    Adjust,
    CashSlip,
    CloseBuilding,
    CountStock,
    Earn,
    Expire,
    Give,
    IssueSlip,
    LeaseStock,
    Merge,
    MoveStock,
    Operation,
    OperationKey,
    Phase,
    ReceiveStock,
    Redeem,
    ReturnStock,
    SetBudget,
    Share,
    Undo,
)
from tests.laws.world import (
    ANY_ALLOWANCE,
    ANY_CODE,
    CHEN,
    CHEN_CARD,
    JUNIOR_CARD,
    LIS_PAGE,
    NO_CARD,
    OTHER_PIN,
    PAPERS,
    PARTNER,
    PIN,
    PLAY,
    REVOKED,
    SLIPS,
    SPARE_CARDS,
    SPARES,
    STALL,
    STAMPS,
    STEWARD,
    SUPERVISOR,
    WANG_NUMBER,
    WANGS_PAGE,
    WRONG_PIN,
)
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    CLEAN_UP,
    DAY,
    GAME,
    HAND_IN,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    QUIZ,
    REDEEMING,
    SHIFT,
    SORTING,
    STAMP,
    TOWEL,
    WANG,
    WANG_CARD,
    ZHAO,
    ZHAO_CARD,
)

Drawn = st.SearchStrategy[Any]


@dataclass(frozen=True)
class Ask:
    """A new operation, so long `ago`; what it names besides is counted `back` from it."""

    by: Credential | None
    operation: Operation
    ago: timedelta
    back: int
    pin: str | None = None


@dataclass(frozen=True)
class Again:
    """An earlier request once more under its name, perhaps saying or meaning something else."""

    back: int
    how: str


def some(*values: Any, **weighted: Any) -> Drawn:
    return st.sampled_from(values)


def often(times: int, *values: Any) -> list[Any]:
    return [*values] * times


CARDS = some(
    *often(9, WANG_CARD),
    *often(4, JUNIOR_CARD, LI_CARD),
    *(WANG_NUMBER, CHEN_CARD, ZHAO_CARD, *SPARE_CARDS, NO_CARD, ANY_CODE, ANY_ALLOWANCE),
)
CODES = CARDS.filter(lambda it: it != WANG_NUMBER)  # nobody redeems by a number that was said
HOUSEHOLDS = some(*often(5, WANG), *often(3, LI), ZHAO, CHEN, *SPARES, HouseholdId(99))
TOWN_BOOTHS = some(*often(4, REDEEMING), *often(2, BOOTHS[7].key), BoothKey("market/99"))
GOODS = some(BIN_BAGS.key, TOWEL.key)
NOTES = some(*SLIPS, *often(2, *PAPERS))
BUILDINGS = some(*often(8, "3"), "5", "7")
RESERVES = some(*often(3, ""), *often(2, "elders"), "giants")
WHEN = st.just(NOW)
TRAVELLED = st.booleans()
KEY = st.just(OperationKey(""))


def earn(activity: str, **fields: Drawn) -> Drawn:
    item = st.just(activity)
    return st.builds(
        Earn, card=CARDS, activity=item, occurred_at=WHEN, is_offline=TRAVELLED, **fields
    )


def redeem(reward: str, **fields: Drawn) -> Drawn:
    item = st.just(reward)
    return st.builds(
        Redeem, card=CODES, reward=item, occurred_at=WHEN, is_offline=TRAVELLED, **fields
    )


GRAMS = st.dictionaries(
    some(*often(3, "paper", "metal", "glass"), "gold"),
    some(1, 499, 2500, 4999),
    min_size=1,
    max_size=3,
)
FRONTS = (SUPERVISOR, PLAY)
LENDERS = (*often(3, STALL, SUPERVISOR), OPERATOR, PARTNER, STEWARD)


def move_with(kind: type[LeaseStock | ReturnStock]) -> Drawn:
    """Goods go with a phone, or come back: mostly that of whoever asks."""
    return st.builds(
        kind,
        reward=GOODS,
        booth=some(*often(5, REDEEMING), BOOTHS[7].key, BoothKey("market/99")),
        device=some(STALL.id, SUPERVISOR.id, REVOKED.id),
        quantity=some(1, 1, 2, 4),
        occurred_at=WHEN,
    )


SHOWN = st.builds(
    Redeem,
    card=some(ANY_ALLOWANCE, ANY_ALLOWANCE, ANY_CODE),
    reward=GOODS,
    quantity=some(1, 1, 2, 3),
    price_shown=some(4, 6),
    occurred_at=WHEN,
    is_offline=st.integers(0, 5).map(lambda it: it == 0),
)
PINS = some(*often(6, None), *often(5, PIN), OTHER_PIN, WRONG_PIN)
KINDS: Mapping[str, tuple[int, Sequence[Credential | None], Drawn]] = {
    "check-in": (4, (SUPERVISOR, STALL, PLAY), earn(CHECK_IN.key)),
    "game": (8, FRONTS, earn(GAME.key)),
    "quiz": (2, FRONTS, earn(QUIZ.key, quantity=some(0, 3, 12))),
    "hand-in": (4, FRONTS, earn(HAND_IN.key, grams=GRAMS)),
    "sorting": (12, FRONTS, earn(SORTING.key)),
    "stamp": (6, (*STAMPS, *STAMPS, STEWARD), earn(STAMP.key)),
    "shift": (8, FRONTS, earn(SHIFT.key, phase=st.sampled_from(Phase))),
    "clean-up": (6, (STEWARD,), earn(CLEAN_UP.key, building=BUILDINGS)),
    "stray": (1, (REVOKED, PARTNER, STALL), earn(GAME.key)),
    "bags": (
        8,
        (*often(6, STALL), *often(2, PARTNER, SUPERVISOR), PLAY),
        redeem(BIN_BAGS.key, quantity=some(*often(3, 1), 2, 3), price_shown=some(*often(3, 6), 9)),
    ),
    "towels": (
        6,
        (*often(3, STALL), PARTNER, SUPERVISOR),
        redeem(
            TOWEL.key, quantity=some(1, 1, 2, 4), price_shown=some(4, 4, 4, 5), reserve=RESERVES
        ),
    ),
    "by page": (3, (*often(3, STALL), PARTNER, SUPERVISOR), SHOWN),
    "gift": (
        8,
        (*often(4, WANGS_PAGE), *often(3, LIS_PAGE), OPERATOR, STALL),
        st.builds(Give, card=CARDS, to=CARDS, points=some(1, 3, 3, 5, 9, 11, 0), occurred_at=WHEN),
    ),
    "undo": (
        14,
        (*often(8, None), *often(4, SUPERVISOR, OPERATOR), PLAY, STALL, STEWARD, PARTNER),
        st.builds(
            Undo, undoes=KEY, occurred_at=WHEN, claws_back=st.booleans(), is_offline=TRAVELLED
        ),
    ),
    "adjust": (
        4,
        (*often(8, OPERATOR), SUPERVISOR),
        st.builds(
            Adjust,
            household=HOUSEHOLDS,
            points=some(-15, -4, 4, 15),
            reason=st.just("miscounted"),
            approver=some(*often(9, "Chen"), "", OPERATOR.id),
            occurred_at=WHEN,
        ),
    ),
    "expire": (
        2,
        (OPERATOR,),
        st.builds(Expire, lot=st.just(LotId(0)), household=HOUSEHOLDS, occurred_at=WHEN),
    ),
    "merge": (
        3,
        (*often(8, OPERATOR), SUPERVISOR),
        st.builds(Merge, source=HOUSEHOLDS, into=HOUSEHOLDS, occurred_at=WHEN),
    ),
    "receive": (
        2,
        (*often(8, OPERATOR), SUPERVISOR),
        st.builds(
            ReceiveStock,
            reward=GOODS,
            booth=TOWN_BOOTHS,
            quantity=some(1, 4),
            occurred_at=WHEN,
            reserve=RESERVES,
        ),
    ),
    "move": (
        3,
        (OPERATOR, *often(3, SUPERVISOR), STEWARD),
        st.builds(
            MoveStock,
            reward=GOODS,
            source=TOWN_BOOTHS,
            booth=TOWN_BOOTHS,
            quantity=some(1, 3),
            occurred_at=WHEN,
        ),
    ),
    "lease": (6, LENDERS, move_with(LeaseStock)),
    "return": (3, LENDERS, move_with(ReturnStock)),
    "count": (
        2,
        (OPERATOR, *often(3, SUPERVISOR), STEWARD),
        st.builds(
            CountStock,
            reward=GOODS,
            booth=TOWN_BOOTHS,
            counted=some(0, 3),
            reason=st.just("counted"),
            occurred_at=WHEN,
            reserve=RESERVES,
        ),
    ),
    "budget": (
        2,
        (*often(8, OPERATOR), SUPERVISOR),
        st.builds(
            SetBudget,
            item=some(*often(3, MARKET.key, HAND_IN.key), GAME.key),
            points=some(0, 30, 90),
            occurred_at=WHEN,
        ),
    ),
    "slip": (
        5,
        (*often(4, SUPERVISOR), STEWARD, *often(2, PLAY, STALL)),
        st.builds(
            IssueSlip,
            slip=NOTES,
            points=some(*often(9, 8), 51),
            last_day=some(
                *(DAY, date(2020, 1, 1), date(2020, 3, 1)), *often(3, DAY + timedelta(days=1))
            ),
            occurred_at=WHEN,
            attempt=st.none() | KEY,
        ),
    ),
    "cash": (
        4,
        (*often(3, SUPERVISOR, STALL), STEWARD),
        st.builds(CashSlip, slip=NOTES, card=CARDS, occurred_at=WHEN, is_offline=TRAVELLED),
    ),
    "close": (
        2,
        (*often(8, OPERATOR), SUPERVISOR),
        st.builds(
            CloseBuilding,
            activity=st.just(CLEAN_UP.key),
            building=BUILDINGS,
            period=some(*often(4, "2019-12"), "2020-01"),
            occurred_at=WHEN,
        ),
    ),
    "share": (
        4,
        (*often(8, OPERATOR), SUPERVISOR),
        st.builds(
            Share,
            activity=st.just(CLEAN_UP.key),
            building=BUILDINGS,
            period=st.just("2019-12"),
            household=HOUSEHOLDS,
            place=some(*often(3, 1, 2), 3, 0),
            occurred_at=WHEN,
        ),
    ),
}
NEAR = some(*often(5, 0, 1, 2, 5), 9, 10, 11, -5, -11).map(lambda it: timedelta(minutes=it))
FAR = some(*often(6, 0, 1), 3, 12, 24, 71, 73).map(lambda it: timedelta(hours=it))
HOWS = some("same", "same", "other body", "other phone", "with the PIN")
AGAIN = st.builds(Again, back=st.integers(1, 20), how=HOWS)
CHOICES = some(*(name for name, (weight, _, _) in KINDS.items() for _ in range(weight)))


@st.composite
def asks(draw: st.DrawFn) -> Ask | Again:
    if draw(st.integers(0, 9)) == 0:
        return draw(AGAIN)
    _, who, operations = KINDS[draw(CHOICES)]
    by, operation, ago = draw(st.sampled_from(who)), draw(operations), draw(NEAR)
    if getattr(operation, "is_offline", False):
        ago += draw(FAR)  # only what waited in a queue is hours old
    pin = draw(PINS) if is_asked_for_pin(operation) else None
    return Ask(by, operation, ago, draw(st.integers(1, 12)), pin)


def is_asked_for_pin(operation: Operation) -> bool:
    is_redeem = isinstance(operation, Redeem) and not operation.is_offline
    return is_redeem or isinstance(operation, Give)
