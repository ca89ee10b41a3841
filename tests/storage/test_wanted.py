"""What must be known before a batch is decided is read off its operations alone."""

from dataclasses import replace

import pytest

from points.domain.access import OPERATOR
from points.domain.facts import CleanUpKey
from points.domain.ids import (
    AccountId,
    ActivityKey,
    CredentialId,
    LotId,
    RewardKey,
    budget,
    goods,
    leased,
)
from points.domain.operations import (
    Adjust,
    CashSlip,
    CloseBuilding,
    CountStock,
    Expire,
    IssueSlip,
    LeaseStock,
    Merge,
    MoveStock,
    Operation,
    OperationKey,
    ReceiveStock,
    RequestKey,
    ReturnStock,
    SetBudget,
    Share,
    slip_by_code,
)
from points.domain.programme import Shelf
from points.storage.wanted import Wanted, wanted_by
from tests.build import ask, make_catalog, make_device, make_earn, make_redeem, make_undo
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    LI,
    MARKET,
    NOW,
    REDEEMING,
    SORTING,
    TOWEL,
    WANG,
    WANG_CARD,
    at,
)

CATALOG = make_catalog(replace(MARKET, points_budget=900), replace(CLEAN_UP, points_budget=500))
EVENT_BUDGET, CLEAN_UP_BUDGET = (budget(CATALOG.budgets[key]) for key in (MARKET.key, CLEAN_UP.key))
PAPER = slip_by_code(bytes(32))
HERE = CleanUpKey(CLEAN_UP.key, "3", "2019-12")
SHARE = Share(
    activity=CLEAN_UP.key,
    building="3",
    period="2019-12",
    household=LI,
    place=2,
    occurred_at=NOW,
)


def shelf(reserve: str = "", *, booth: int = 4, reward: RewardKey = TOWEL.key) -> AccountId:
    place = Shelf(reward=TOWEL.key, booth=BOOTHS[booth].key, reserve=reserve)
    return goods(CATALOG.shelves[replace(place, reward=reward)])


def lease(*, device: int = 4, reward: RewardKey = TOWEL.key) -> AccountId:
    return leased(device, CATALOG.shelves[Shelf(reward=reward, booth=BOOTHS[4].key)])


CLOSING, SHARED = "clean-up:shiji:3:2019-12", "share:corridors/clean-up:3:2019-12:2"
MINE = RequestKey(make_device().id, OperationKey("k"))
DESK = RequestKey(OPERATOR.id, OperationKey("k"))

CASES = {
    "scan, limited by the day": (
        make_earn(activity=SORTING.key),
        Wanted(cards={WANG_CARD}, days={(WANG_CARD, DAY)}, accounts={EVENT_BUDGET}),
    ),
    "scan, limited over the event": (
        make_earn(),
        Wanted(
            cards={WANG_CARD},
            days={(WANG_CARD, DAY)},
            events={(WANG_CARD, MARKET.key)},
            accounts={EVENT_BUDGET},
        ),
    ),
    "scan of an activity that nobody knows": (
        make_earn(activity=ActivityKey("market/none")),
        Wanted(cards={WANG_CARD}, days={(WANG_CARD, DAY)}),
    ),
    "check-in at a building": (
        make_earn(activity=CLEAN_UP.key, building="3"),
        Wanted(
            cards={WANG_CARD},
            days={(WANG_CARD, DAY)},
            events={(WANG_CARD, CORRIDORS.key)},
            accounts={CLEAN_UP_BUDGET},
            closings={CLOSING},
        ),
    ),
    "redemption": (
        make_redeem(),
        Wanted(
            cards={WANG_CARD},
            days={(WANG_CARD, DAY)},
            events={(WANG_CARD, MARKET.key)},
            accounts={shelf(reward=BIN_BAGS.key)},
            leases={lease(reward=BIN_BAGS.key)},
        ),
    ),
    "what was handed out without a network": (
        make_redeem(reward=TOWEL.key, is_offline=True),
        Wanted(
            cards={WANG_CARD},
            days={(WANG_CARD, DAY)},
            events={(WANG_CARD, MARKET.key)},
            accounts={shelf()},
            leases={lease()},
            has_handouts=True,
        ),
    ),
    "goods that a phone takes": (
        LeaseStock(
            reward=TOWEL.key,
            booth=BOOTHS[4].key,
            device=make_device().id,
            quantity=1,
            occurred_at=NOW,
        ),
        Wanted(accounts={shelf(), lease()}, lessees={make_device().id}),
    ),
    "goods that come back from a phone": (
        ReturnStock(
            reward=TOWEL.key,
            booth=BOOTHS[4].key,
            device=CredentialId("device:5"),
            quantity=1,
            occurred_at=NOW,
        ),
        Wanted(accounts={shelf(), lease(device=5)}, lessees={CredentialId("device:5")}),
    ),
    "redemption from a reserve": (
        make_redeem(reward=TOWEL.key, reserve="elders"),
        Wanted(
            cards={WANG_CARD},
            days={(WANG_CARD, DAY)},
            accounts={shelf(), shelf("elders")},
            leases={lease()},
        ),
    ),
    "redemption of nothing that there is": (
        make_redeem(reward=RewardKey("market/none")),
        Wanted(cards={WANG_CARD}, days={(WANG_CARD, DAY)}),
    ),
    "undo": (
        make_undo("scan"),
        Wanted(undone={OperationKey("scan")}, requests={MINE._replace(key=OperationKey("scan"))}),
    ),
    "slip cashed": (
        CashSlip(slip=PAPER, card=WANG_CARD, occurred_at=NOW),
        Wanted(cards={WANG_CARD}, slips={PAPER}),
    ),
    "slip issued for a scan that failed": (
        IssueSlip(
            slip=PAPER, points=5, last_day=DAY, occurred_at=NOW, attempt=OperationKey("scan")
        ),
        Wanted(slips={PAPER}, papers={PAPER}, requests={MINE._replace(key=OperationKey("scan"))}),
    ),
    "slip issued for another phone's scan": (
        IssueSlip(
            slip=PAPER,
            points=5,
            last_day=DAY,
            occurred_at=NOW,
            attempt=OperationKey("scan"),
            attempt_by=CredentialId("device:8"),
        ),
        Wanted(
            slips={PAPER},
            papers={PAPER},
            requests={RequestKey(CredentialId("device:8"), OperationKey("scan"))},
        ),
    ),
}
AT_DESK = {
    "adjustment": (
        Adjust(household=WANG, points=1, reason="r", approver="a", occurred_at=NOW),
        Wanted(households={WANG}),
    ),
    "expiry": (
        Expire(lot=LotId(1), household=LI, occurred_at=NOW),
        Wanted(households={LI}),
    ),
    "merge": (
        Merge(source=LI, into=WANG, occurred_at=NOW),
        Wanted(households={WANG, LI}, merges=[(LI, WANG)]),
    ),
    "goods received for a reserve": (
        ReceiveStock(
            reward=TOWEL.key, booth=REDEEMING, quantity=1, occurred_at=NOW, reserve="elders"
        ),
        Wanted(accounts={shelf(), shelf("elders")}),
    ),
    "goods counted": (
        CountStock(reward=TOWEL.key, booth=REDEEMING, counted=1, reason="r", occurred_at=NOW),
        Wanted(accounts={shelf()}),
    ),
    "goods moved": (
        MoveStock(
            reward=TOWEL.key,
            source=REDEEMING,
            booth=BOOTHS[7].key,
            quantity=1,
            occurred_at=NOW,
        ),
        Wanted(accounts={shelf(), shelf(booth=7)}),
    ),
    "budget": (
        SetBudget(item=MARKET.key, points=1, occurred_at=NOW),
        Wanted(budgets={MARKET.key}, accounts={EVENT_BUDGET}),
    ),
    "budget of nothing that has one": (
        SetBudget(item="none", points=1, occurred_at=NOW),
        Wanted(budgets={"none"}),
    ),
    "building closed": (
        CloseBuilding(activity=CLEAN_UP.key, building="3", period="2019-12", occurred_at=NOW),
        Wanted(clean_ups={HERE}, closings={CLOSING}, accounts={CLEAN_UP_BUDGET}),
    ),
    "share": (
        SHARE,
        Wanted(
            clean_ups={HERE},
            closings={CLOSING},
            shares={SHARED},
            accounts={CLEAN_UP_BUDGET},
            households={LI},
        ),
    ),
}


@pytest.mark.parametrize(("operation", "expected"), CASES.values(), ids=CASES.keys())
def test_a_phones_operation_names_what_it_needs(operation: Operation, expected: Wanted) -> None:
    found = wanted_by([ask(operation, key="k")], CATALOG)

    assert found == replace(expected, requests=expected.requests | {MINE})


@pytest.mark.parametrize(("operation", "expected"), AT_DESK.values(), ids=AT_DESK.keys())
def test_the_desks_operation_names_what_it_needs(operation: Operation, expected: Wanted) -> None:
    found = wanted_by([ask(operation, key="k", by=OPERATOR)], CATALOG)

    assert found == replace(expected, requests=expected.requests | {DESK})


def test_days_are_cut_in_the_programmes_zone() -> None:
    scans = [make_earn(activity=SORTING.key, occurred_at=at(clock)) for clock in ("00:00", "23:59")]

    wanted = wanted_by([ask(scan) for scan in scans], CATALOG)

    assert wanted.days == {(WANG_CARD, DAY)}


def test_a_batch_names_each_thing_once() -> None:
    batch = [ask(make_earn(), key="k") for _ in range(3)]

    assert wanted_by(batch, CATALOG) == wanted_by(batch[:1], CATALOG)
