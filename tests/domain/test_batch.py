from copy import deepcopy
from dataclasses import replace

import pytest

from points.domain.access import MAY_DO, OPERATOR, Role
from points.domain.batch import accepted, decide_batch, evidence_of
from points.domain.facts import (
    ANY_BODY,
    Accepted,
    Asked,
    CardState,
    Conflict,
    Decided,
    Facts,
    Refused,
    Replayed,
    Settled,
)
from points.domain.ids import LotId, OperationId, wallet
from points.domain.ledger import Account
from points.domain.operations import (
    Adjust,
    CashSlip,
    CloseBuilding,
    CountStock,
    Evidence,
    Expire,
    IssueSlip,
    LeaseStock,
    Merge,
    MoveStock,
    Operation,
    OperationKey,
    ReceiveStock,
    ReturnStock,
    SetBudget,
    Share,
    SlipRef,
    canonical,
    card_by_number,
    fingerprint,
)
from points.domain.outcomes import Refusal
from tests.build import ask, make_card, make_device, make_earn, make_facts, make_redeem, make_undo
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CLEAN_UP,
    DAY,
    GAME,
    LI,
    LI_CARD,
    NOW,
    REDEEMING,
    SORTING,
    WANG,
    WANG_CARD,
)
from tests.memory import Memory

PAID = Accepted(operation=OperationId(1000), points=10, balance=10)
SLIP = SlipRef("01")
SCAN = ask(make_earn(), key="scan")
SHORT = Refused(reason=Refusal.POINTS_SHORT, details={"short": 30, "available": 0})

EVERY_KIND: list[Operation] = [
    make_earn(),
    make_redeem(),
    make_undo("nothing"),
    Adjust(household=WANG, points=1, reason="gift", approver="Chen", occurred_at=NOW),
    Expire(lot=LotId(1), household=WANG, occurred_at=NOW),
    Merge(source=LI, into=WANG, occurred_at=NOW),
    ReceiveStock(reward=BIN_BAGS.key, booth=REDEEMING, quantity=1, occurred_at=NOW),
    MoveStock(
        reward=BIN_BAGS.key, source=REDEEMING, booth=BOOTHS[7].key, quantity=1, occurred_at=NOW
    ),
    CountStock(reward=BIN_BAGS.key, booth=REDEEMING, counted=1, reason="evening", occurred_at=NOW),
    IssueSlip(slip=SLIP, points=1, last_day=DAY, occurred_at=NOW, attempt=OperationKey("scan")),
    CashSlip(slip=SLIP, card=WANG_CARD, occurred_at=NOW),
    CloseBuilding(activity=CLEAN_UP.key, building="3", period="2019-12", occurred_at=NOW),
    Share(
        activity=CLEAN_UP.key,
        building="3",
        period="2019-12",
        household=WANG,
        place=1,
        occurred_at=NOW,
    ),
    SetBudget(item=SORTING.key, points=1, occurred_at=NOW),
    LeaseStock(
        reward=BIN_BAGS.key,
        booth=REDEEMING,
        device=make_device().id,
        quantity=1,
        occurred_at=NOW,
    ),
    ReturnStock(
        reward=BIN_BAGS.key,
        booth=REDEEMING,
        device=make_device().id,
        quantity=1,
        occurred_at=NOW,
    ),
]


@pytest.mark.parametrize("operation", EVERY_KIND, ids=[it.kind for it in EVERY_KIND])
@pytest.mark.parametrize("role", Role)
def test_what_a_role_may_not_do_is_refused_before_any_rule(
    role: Role, operation: Operation
) -> None:
    outcome = Memory().tell(ask(operation, by=make_device(role=role)))

    refused = outcome == Refused(reason=Refusal.NOT_ALLOWED)
    assert refused is (operation.kind not in MAY_DO[role])


def test_a_revoked_credential_is_refused_for_now_whatever_it_asks() -> None:
    facts = replace(make_facts(), revoked={make_device().id: NOW})

    outcomes = Memory(facts).post(*EVERY_KIND)

    assert outcomes == [Refused(reason=Refusal.CREDENTIAL_REVOKED)] * len(EVERY_KIND)


def test_what_a_phone_did_before_it_was_revoked_is_still_answered_the_same() -> None:
    book = Memory()
    book.tell(SCAN)
    book.facts = replace(book.facts, revoked={make_device().id: NOW})

    assert book.tell(SCAN) == Replayed(PAID)


def test_a_scan_sent_again_gets_its_first_answer_and_pays_nothing_more() -> None:
    book = Memory()

    assert book.post(SCAN, SCAN) == [PAID, Replayed(PAID)]
    assert book.tell(SCAN) == Replayed(PAID)
    assert book.points(WANG) == 10


def test_a_live_scan_that_timed_out_is_the_same_scan_when_it_comes_offline() -> None:
    offline = replace(SCAN, operation=make_earn(is_offline=True))

    assert Memory().post(SCAN, offline) == [PAID, Replayed(PAID)]


def test_a_name_used_for_something_else_is_a_conflict_and_keeps_its_first_meaning() -> None:
    other = replace(SCAN, operation=make_earn(card=LI_CARD))
    book = Memory()

    assert book.post(SCAN, other, SCAN) == [PAID, Conflict(), Replayed(PAID)]
    assert book.tell(other) == Conflict()
    assert book.points(LI) == 0


def test_the_same_name_from_another_phone_is_another_request() -> None:
    other = replace(ask(make_earn(card=LI_CARD), by=make_device(number=9)), key=SCAN.key)

    outcomes = Memory().post(SCAN, other)

    assert outcomes == [PAID, Accepted(operation=OperationId(1001), points=10, balance=10)]


def test_a_final_refusal_stays_though_the_reason_has_gone() -> None:
    bought = ask(make_redeem(), key="bought")
    book = Memory()

    assert book.tell(bought) == SHORT
    book.post(*(make_earn(activity=SORTING.key) for _ in range(2)), make_earn())

    assert book.points(WANG) == 30
    assert book.tell(bought) == Replayed(SHORT)
    assert isinstance(book.tell(make_redeem()), Accepted)


def test_a_final_refusal_is_bound_to_what_was_asked_as_well() -> None:
    bought = ask(make_redeem(), key="bought")

    outcomes = Memory().post(bought, replace(bought, operation=make_redeem(card=LI_CARD)))

    assert outcomes == [SHORT, Conflict()]


def test_a_refusal_that_may_change_is_not_kept() -> None:
    frozen = make_card(state=CardState.FROZEN, stopped_at=NOW)
    book = Memory(replace(make_facts(), cards={WANG_CARD: frozen}))

    first = book.tell(SCAN)
    book.facts = replace(book.facts, cards={WANG_CARD: make_card()})

    assert first == Refused(reason=Refusal.CARD_FROZEN)
    assert book.tell(SCAN) == PAID


def decide(*batch: Asked, facts: Facts | None = None) -> Decided:
    return decide_batch(facts or make_facts(), batch)


def test_only_final_refusals_are_handed_over_to_be_kept() -> None:
    unknown = ask(make_earn(card=card_by_number("999")), key="unknown")
    bought = ask(make_redeem(), key="bought")

    decided = decide(unknown, bought)

    mark = fingerprint(canonical(bought.operation))
    assert decided.frozen == {bought.ref: Settled(mark, SHORT)}
    assert (decided.posted, decided.accounts, decided.lots) == ((), {}, ())


def test_an_answer_for_any_body_fits_every_body() -> None:
    settled = {SCAN.ref: Settled(ANY_BODY, SHORT)}

    decided = decide(SCAN, facts=replace(make_facts(), settled=settled))

    assert decided.outcomes == (Replayed(SHORT),)


def test_whether_a_batch_repeated_an_answer_is_told() -> None:
    assert [decide(SCAN).has_replays, decide(SCAN, SCAN).has_replays] == [False, True]


def test_operations_are_numbered_without_gaps_though_some_are_refused() -> None:
    book = Memory()

    book.post(make_earn(), make_earn(), make_earn(activity=GAME.key), make_redeem(), make_undo("x"))
    book.tell(make_earn(activity=SORTING.key))

    assert [posted.id for posted in book.posted] == [1000, 1001, 1002]


def test_each_operation_sees_what_the_ones_before_it_did() -> None:
    facts = make_facts(points={WANG: 20})
    bought = make_redeem()

    outcomes = Memory(facts).post(bought, make_earn(), bought, bought)

    assert [type(outcome) for outcome in outcomes] == [Refused, Accepted, Accepted, Refused]


def test_one_bad_operation_stops_none_of_the_others() -> None:
    batch = [ask(operation) for operation in (*EVERY_KIND, make_earn(activity=GAME.key))]

    outcomes = decide(*batch).outcomes

    assert len(outcomes) == len(batch)
    assert outcomes[-1] == Accepted(operation=OperationId(1007), points=5, balance=16)


def test_the_facts_handed_in_are_never_changed() -> None:
    facts = make_facts(points={WANG: 100})
    before = deepcopy(facts)

    decide_batch(facts, [ask(operation, by=OPERATOR) for operation in EVERY_KIND])
    decide_batch(facts, [ask(operation) for operation in EVERY_KIND])

    assert facts == before


def test_the_same_batch_is_decided_the_same_every_time() -> None:
    batch = [ask(operation) for operation in EVERY_KIND]

    assert decide(*batch) == decide(*batch)


def test_an_empty_batch_decides_nothing() -> None:
    assert decide() == Decided(
        outcomes=(),
        posted=(),
        frozen={},
        accounts={},
        lots=(),
        slips=(),
        merged={},
        has_replays=False,
    )


def test_only_what_moved_is_handed_over_to_be_written() -> None:
    decided = decide(SCAN, facts=make_facts(points={LI: 5}))

    assert decided.accounts == {wallet(WANG): Account(10, 1)}
    assert [lot.account for lot in decided.lots] == [wallet(WANG)]
    assert accepted(decided.posted[0]) == PAID


@pytest.mark.parametrize(
    ("operation", "grade"),
    [
        (make_earn(), Evidence.LIVE),
        (make_earn(is_offline=True), Evidence.OFFLINE),
        (make_redeem(is_offline=True), Evidence.OFFLINE),
        (make_undo("x", is_offline=True), Evidence.OFFLINE),
        (make_earn(card=card_by_number("1"), is_offline=True), Evidence.MANUAL),
        (EVERY_KIND[3], Evidence.MANUAL),
        (EVERY_KIND[10], Evidence.SLIP),
        (EVERY_KIND[6], Evidence.LIVE),
    ],
)
def test_evidence_is_graded_by_how_an_operation_was_made(
    operation: Operation, grade: Evidence
) -> None:
    assert evidence_of(ask(operation)) is grade


def test_what_was_imported_is_marked_so() -> None:
    imported = ask(make_earn(), evidence=Evidence.IMPORT)

    assert evidence_of(imported) is Evidence.IMPORT
