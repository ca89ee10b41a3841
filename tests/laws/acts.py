"""Any run of acts at a market day where everything is scarce, so that rules meet each other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import strategies as st

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import Asked, Facts
from points.domain.ids import CredentialId, LotId
from points.domain.ledger import Lot
from points.domain.operations import (
    Adjust,
    CashSlip,
    CloseBuilding,
    CountStock,
    Earn,
    Expire,
    Give,
    IssueSlip,
    Merge,
    MoveStock,
    Operation,
    OperationKey,
    Phase,
    ReceiveStock,
    Redeem,
    SetBudget,
    Share,
    SlipRef,
    Undo,
)
from points.domain.periods import DaysValid
from tests.build import ask, make_catalog, make_device, make_facts, make_lot
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    GAME,
    HAND_IN,
    HOUSEHOLDS,
    LI,
    LI_CARD,
    MARKET,
    NOW,
    PROGRAMME,
    QUIZ,
    REDEEMING,
    SHIFT,
    SHIJI,
    SORTING,
    STAMP,
    TOWEL,
    WANG,
    WANG_CARD,
    ZHAO_CARD,
)

PERIOD = "2019-12"
SLIPS = [SlipRef("01"), SlipRef("02")]
NAMES = [OperationKey(f"name-{place}") for place in range(25)]

supervisor = make_device()
colleague = make_device(booth=BOOTHS[7].key, number=7)
resident = Credential(id=CredentialId("resident:1"), role=Role.RESIDENT)
caretaker = make_device(event=CORRIDORS.key, booth=None, number=8)

EVERY_FLAW_SHOWS = make_catalog(
    replace(
        PROGRAMME,
        expires=DaysValid(1),
        refund_days_valid=1,
        gift_points_per_day_max=20,
        unconfirmed_points_per_day_max=25,
    ),
    replace(MARKET, points_budget=90),
    replace(SORTING, points_budget=40),
    replace(CLEAN_UP, points_budget=30),
    replace(BOOTHS[7], redeems=True),
    replace(BIN_BAGS, stock=3, price=10),
    replace(TOWEL, price=5),
)


def scarce_facts(lots: Sequence[Lot] | None = None) -> Facts:
    """Begin with a lot that has ended, one that ends soon, and one that lasts."""
    if lots is None:
        lots = [
            make_lot(WANG, 12, number=1, expires_at=NOW),
            make_lot(WANG, 25, number=2, expires_at=NOW + timedelta(hours=20)),
            make_lot(LI, 15, number=3, expires_at=NOW + timedelta(days=40)),
        ]
    facts = make_facts(catalog=EVERY_FLAW_SHOWS, lots=lots)
    return replace(facts, communities=dict.fromkeys(HOUSEHOLDS, SHIJI.key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Take back what was asked for so many steps before."""

    steps: int
    claws_back: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody asks for, perhaps under a name that was used before."""

    what: Operation | Back
    by: Credential
    repeats: int


def in_a_row(steps: Sequence[Step]) -> list[Asked]:
    """Give each step a name by its place."""
    return [_asked(place, step) for place, step in enumerate(steps)]


def _asked(place: int, step: Step) -> Asked:
    what = step.what
    if isinstance(what, Back):
        target = NAMES[max(0, place - what.steps)]
        what = Undo(undoes=target, occurred_at=NOW, claws_back=what.claws_back)
    return ask(what, by=step.by, key=NAMES[max(0, place - step.repeats)])


cards = st.sampled_from([WANG_CARD, LI_CARD, ZHAO_CARD])
households = st.sampled_from(HOUSEHOLDS)
names = st.sampled_from(NAMES)
buildings = st.sampled_from(["3"] * 12 + ["5", "9"])
small = st.integers(-1, 12)
moments = st.integers(-55, 9).map(lambda minute: NOW + timedelta(minutes=minute))

fixed = st.builds(
    Earn,
    card=cards,
    activity=st.sampled_from([CHECK_IN.key, GAME.key, STAMP.key, SORTING.key, SORTING.key]),
    occurred_at=moments,
    is_offline=st.sampled_from([True]),
)
quizzes = st.builds(
    Earn, card=cards, activity=st.just(QUIZ.key), occurred_at=st.just(NOW), quantity=small
)
weighed = st.builds(
    Earn,
    card=cards,
    activity=st.just(HAND_IN.key),
    occurred_at=st.just(NOW),
    grams=st.dictionaries(st.sampled_from(["paper", "metal"]), st.integers(-1, 4000), max_size=2),
)
shifts = st.builds(
    Earn,
    card=cards,
    activity=st.just(SHIFT.key),
    occurred_at=moments,
    phase=st.sampled_from(Phase),
    is_offline=st.sampled_from([True]),
)
clean_ups = st.builds(
    Earn,
    card=cards,
    activity=st.just(CLEAN_UP.key),
    occurred_at=moments,
    building=buildings,
    is_offline=st.sampled_from([True]),
)
redemptions = st.one_of(
    st.builds(
        Redeem,
        card=cards,
        reward=st.just(BIN_BAGS.key),
        quantity=st.sampled_from([1, 1, 1, 1, 2, 3, 0, -1]),
        price_shown=st.sampled_from([10] * 9 + [9]),
        occurred_at=st.just(NOW),
    ),
    st.builds(
        Redeem,
        card=cards,
        reward=st.just(TOWEL.key),
        quantity=st.integers(1, 4),
        price_shown=st.just(5),
        occurred_at=moments,
        reserve=st.sampled_from(["", "elders"]),
        is_offline=st.sampled_from([True]),
    ),
)
undos = st.builds(Back, steps=st.integers(1, 5), claws_back=st.booleans())
adjustments = st.builds(
    Adjust,
    household=households,
    points=st.integers(-20, 20),
    reason=st.just("miscounted"),
    approver=st.just("Chen"),
    occurred_at=st.just(NOW),
)
cashings = st.builds(CashSlip, slip=st.sampled_from(SLIPS), card=cards, occurred_at=st.just(NOW))
issues = st.builds(
    IssueSlip,
    slip=st.sampled_from(SLIPS),
    points=st.integers(0, 9),
    last_day=st.just(DAY),
    occurred_at=st.just(NOW),
    attempt=st.none() | names,
)
gifts = st.builds(
    Give, card=cards, to=cards, points=st.sampled_from([-1, 1, 3, 8, 20]), occurred_at=st.just(NOW)
)
merges = st.builds(Merge, source=households, into=households, occurred_at=st.just(NOW))
expiries = st.builds(
    Expire,
    lot=st.integers(1, 3).map(LotId),
    household=households,
    occurred_at=st.just(NOW),
)
goods = st.one_of(
    st.builds(
        ReceiveStock,
        reward=st.just(BIN_BAGS.key),
        booth=st.just(REDEEMING),
        quantity=st.integers(0, 3),
        occurred_at=st.just(NOW),
    ),
    st.builds(
        MoveStock,
        reward=st.sampled_from([BIN_BAGS.key, TOWEL.key]),
        source=st.just(REDEEMING),
        booth=st.just(BOOTHS[7].key),
        quantity=st.integers(0, 5),
        occurred_at=st.just(NOW),
    ),
    st.builds(
        CountStock,
        reward=st.sampled_from([BIN_BAGS.key, TOWEL.key]),
        booth=st.just(REDEEMING),
        counted=st.integers(0, 20),
        reason=st.just("evening count"),
        occurred_at=st.just(NOW),
        reserve=st.sampled_from(["", "elders"]),
    ),
)
budgets = st.builds(
    SetBudget,
    item=st.sampled_from([SORTING.key, MARKET.key, CLEAN_UP.key]),
    points=st.integers(0, 90),
    occurred_at=st.just(NOW),
)
closings = st.builds(
    CloseBuilding,
    activity=st.just(CLEAN_UP.key),
    building=buildings,
    period=st.just(PERIOD),
    occurred_at=st.just(NOW),
)
shares = st.builds(
    Share,
    activity=st.just(CLEAN_UP.key),
    building=buildings,
    period=st.just(PERIOD),
    household=households,
    place=st.integers(0, 2),
    occurred_at=st.just(NOW),
)


def steps(
    operations: st.SearchStrategy[Operation] | st.SearchStrategy[Back], *who: Credential
) -> st.SearchStrategy[Step]:
    """Let one of these people ask; now and then under the name of a step before."""
    repeats = st.sampled_from([0, 0, 0, 0, 0, 0, 1, 3])
    return st.builds(Step, operations, st.sampled_from(who), repeats)


scans = steps(st.one_of(fixed, fixed, quizzes, weighed), supervisor, colleague)
visits = steps(shifts, supervisor, colleague)
purchases = steps(redemptions, supervisor, supervisor, colleague)
corrections = steps(adjustments, OPERATOR)
cashed = steps(cashings, supervisor, colleague)
mirrored = st.one_of(scans, visits, purchases, corrections, cashed)
"""What can be taken back in any order."""

anything = st.one_of(
    *(scans, scans, scans, visits, purchases, purchases, purchases, corrections, cashed),
    *([steps(undos, OPERATOR, OPERATOR, OPERATOR, supervisor, colleague, caretaker)] * 3),
    *([steps(clean_ups, caretaker)] * 2),
    *([steps(st.one_of(closings, shares, shares), OPERATOR)] * 2),
    steps(issues, supervisor, colleague),
    steps(st.one_of(merges, expiries, goods, budgets), OPERATOR),
    steps(gifts, resident, resident, OPERATOR),
)
batches = st.lists(anything, min_size=6, max_size=25).map(in_a_row)
"""Enough acts at a time that some meet."""
