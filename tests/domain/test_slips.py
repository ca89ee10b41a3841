from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from points.domain.access import OPERATOR, Role
from points.domain.facts import Accepted, Asked, Conflict, Refused, Replayed
from points.domain.ids import CredentialId, OperationId, SystemAccount, owed, system, wallet
from points.domain.ledger import Account
from points.domain.operations import (
    POINTS_MAX,
    CashSlip,
    IssueSlip,
    OperationKey,
    SlipRef,
    canonical,
    card_by_number,
    slip_by_code,
)
from points.domain.outcomes import Refusal
from points.domain.periods import NEVER
from tests.build import (
    ask,
    make_catalog,
    make_device,
    make_earn,
    make_facts,
    make_redeem,
    make_undo,
)
from tests.market import (
    CORRIDORS,
    DAY,
    GAME,
    LI,
    LI_CARD,
    NOW,
    POINTS_END,
    PROGRAMME,
    WANG,
    WANG_CARD,
    ZHAO_CARD,
    at,
)
from tests.memory import Memory

SLIP = slip_by_code(b"\x01" * 32)
TOMORROW = DAY + timedelta(days=1)
ISSUE = IssueSlip(slip=SLIP, points=15, last_day=DAY, occurred_at=NOW)
CASH = CashSlip(slip=SLIP, card=WANG_CARD, occurred_at=NOW)
ATTEMPT = OperationKey("failed scan")


def moves(book: Memory) -> list[tuple[int, int, int]]:
    return [(it.debit, it.credit, it.amount) for posted in book.posted for it in posted.entries]


def test_a_slips_points_are_set_aside_until_it_is_cashed() -> None:
    book = Memory()

    outcomes = book.post(ISSUE, CASH)

    assert outcomes == [
        Accepted(operation=OperationId(1000), details={"slip": SLIP}),
        Accepted(operation=OperationId(1001), points=15, balance=15, details={"slip": SLIP}),
    ]
    issued, slips = system(SystemAccount.ISSUED), system(SystemAccount.SLIPS)
    assert moves(book) == [(issued, slips, 15), (slips, wallet(WANG), 15)]
    assert [posted.quantity for posted in book.posted] == [15, 1]
    assert book.lots(WANG) == [(15, POINTS_END)]


def test_a_slip_is_cashed_once() -> None:
    book = Memory()
    book.post(ISSUE, CASH)

    assert book.tell(replace(CASH, card=LI_CARD)) == Refused(reason=Refusal.SLIP_USED)
    assert book.points(LI) == 0


def test_a_slip_is_good_until_its_last_day_ends_in_the_programmes_zone() -> None:
    midnight = at("00:00", on=TOMORROW)
    book = Memory()
    book.tell(ISSUE)
    book.set(midnight)

    late = book.tell(replace(CASH, occurred_at=midnight))
    in_time = book.tell(replace(CASH, occurred_at=midnight - timedelta(microseconds=1)))

    assert late == Refused(reason=Refusal.SLIP_EXPIRED)
    assert isinstance(in_time, Accepted)


def test_a_slip_that_nobody_issued_may_still_be_on_another_phone() -> None:
    outcomes = Memory().post(CASH, ISSUE, CASH)

    assert [type(outcome) for outcome in outcomes] == [Refused, Accepted, Accepted]
    assert outcomes[0] == Refused(reason=Refusal.SLIP_UNKNOWN)


def test_a_slip_pays_first_what_is_owed() -> None:
    facts = make_facts()
    book = Memory(replace(facts, accounts={**facts.accounts, owed(WANG): Account(4, 1)}))

    book.post(ISSUE, CASH)

    assert (book.points(WANG), book.owes(WANG)) == (11, 0)


def test_a_cashing_that_is_taken_back_leaves_the_slip_good_for_another_card() -> None:
    book = Memory()
    book.post(ISSUE, ask(CASH, key="cashed"))
    book.tell(make_undo("cashed"))

    outcome = book.tell(replace(CASH, card=LI_CARD))

    assert outcome == Accepted(
        operation=OperationId(1003), points=15, balance=15, details={"slip": SLIP}
    )
    assert (book.points(WANG), book.points(LI)) == (0, 15)
    assert [posted.reference for posted in book.posted] == [
        f"slip:{SLIP}",
        f"slip:{SLIP}:1",
        None,
        f"slip:{SLIP}:2",
    ]


def test_in_one_batch_a_slip_is_freed_as_well() -> None:
    outcomes = Memory().post(ISSUE, ask(CASH, key="cashed"), make_undo("cashed"), CASH)

    assert outcomes[3] == Accepted(
        operation=OperationId(1003), points=15, balance=15, details={"slip": SLIP}
    )


def test_an_issue_is_not_taken_back() -> None:
    outcomes = Memory().post(ask(ISSUE, key="issued"), ask(make_undo("issued"), by=OPERATOR))

    assert outcomes[1] == Refused(reason=Refusal.CANNOT_UNDO)


def test_a_slip_needs_a_card_that_is_known() -> None:
    outcomes = Memory().post(ISSUE, replace(CASH, card=card_by_number("999")))

    assert outcomes[1] == Refused(reason=Refusal.CARD_UNKNOWN)


def test_a_phone_of_one_community_cashes_for_nobody_of_another() -> None:
    phone = make_device(event=CORRIDORS.key, booth=None)

    outcomes = Memory().post(ISSUE, ask(replace(CASH, card=ZHAO_CARD), by=phone))

    assert outcomes[1] == Refused(reason=Refusal.OTHER_COMMUNITY)


def test_a_slip_cashed_with_a_wrong_clock_is_tried_again() -> None:
    outcomes = Memory().post(ISSUE, replace(CASH, occurred_at=at("11:00")))

    assert outcomes[1] == Refused(reason=Refusal.CLOCK_OFF)


def test_one_code_is_one_slip() -> None:
    assert Memory().post(ISSUE, ISSUE)[1] == Refused(reason=Refusal.SLIP_EXISTS)


@pytest.mark.parametrize("points", [0, -1, POINTS_MAX + 1])
def test_a_slip_is_worth_something_and_not_too_much(points: int) -> None:
    outcome = Memory().tell(replace(ISSUE, points=points))

    assert outcome == Refused(reason=Refusal.QUANTITY_INVALID)


@pytest.mark.parametrize("points", [1, POINTS_MAX])
def test_a_slip_may_be_worth_a_point_and_as_much_as_an_operation_may_move(points: int) -> None:
    book = Memory()
    book.post(replace(ISSUE, points=points), CASH)

    assert book.points(WANG) == points


def test_a_slip_that_has_ended_is_not_issued() -> None:
    outcome = Memory().tell(replace(ISSUE, last_day=DAY - timedelta(days=1)))

    assert outcome == Refused(reason=Refusal.SLIP_EXPIRED)


def test_a_slip_may_be_good_for_ever() -> None:
    book = Memory()

    book.tell(replace(ISSUE, last_day=date.max))

    assert book.facts.slips[SLIP].valid_until == NEVER


def test_a_slip_is_not_issued_by_a_clock_that_is_wrong() -> None:
    outcome = Memory().tell(replace(ISSUE, occurred_at=at("10:00", on=TOMORROW)))

    assert outcome == Refused(reason=Refusal.CLOCK_OFF)


def failed_scan() -> Asked:
    return ask(make_earn(), key=ATTEMPT)


def test_a_scan_that_a_slip_stands_for_never_pays() -> None:
    outcomes = Memory().post(replace(ISSUE, attempt=ATTEMPT), failed_scan())

    assert outcomes[1] == Replayed(Refused(reason=Refusal.PAID_BY_SLIP))


def test_a_scan_of_a_later_batch_that_a_slip_stands_for_never_pays() -> None:
    book = Memory()
    book.post(replace(ISSUE, attempt=ATTEMPT), CASH)

    assert book.tell(failed_scan()) == Replayed(Refused(reason=Refusal.PAID_BY_SLIP))
    assert book.points(WANG) == 15


def test_a_scan_that_paid_gets_no_slip() -> None:
    outcomes = Memory().post(failed_scan(), replace(ISSUE, attempt=ATTEMPT))

    assert outcomes[1] == Refused(reason=Refusal.ATTEMPT_SETTLED)


def test_a_scan_that_was_refused_only_for_now_may_get_a_slip() -> None:
    unknown = ask(make_earn(card=card_by_number("999")), key=ATTEMPT)

    outcomes = Memory().post(unknown, replace(ISSUE, attempt=ATTEMPT), unknown)

    assert isinstance(outcomes[1], Accepted)
    assert outcomes[2] == Replayed(Refused(reason=Refusal.PAID_BY_SLIP))


def test_a_scan_gets_one_slip() -> None:
    first = replace(ISSUE, attempt=ATTEMPT)
    second = replace(first, slip=slip_by_code(b"\x02" * 32))

    assert Memory().post(first, second)[1] == Refused(reason=Refusal.ATTEMPT_SETTLED)


def test_a_slip_does_not_stand_for_itself() -> None:
    outcome = Memory().tell(ask(replace(ISSUE, attempt=ATTEMPT), key=ATTEMPT))

    assert outcome == Refused(reason=Refusal.ATTEMPT_SETTLED)


def test_a_phone_that_only_earns_cashes_nothing() -> None:
    outcome = Memory().tell(ask(CASH, by=make_device(role=Role.EARN)))

    assert outcome == Refused(reason=Refusal.NOT_ALLOWED)


STALL = make_device(role=Role.EARN, number=7)
"""A booth's phone whose scan failed."""

PAPER_FOR_IT = replace(ISSUE, attempt=ATTEMPT)
THEIRS = replace(PAPER_FOR_IT, attempt_by=STALL.id)
"""The same slip, for the booth's scan, when another phone gives it out."""


def with_paper(*printed: SlipRef, **rules: Any) -> Memory:
    """Give a booth blank slips, under these rules."""
    facts = make_facts(catalog=make_catalog(replace(PROGRAMME, **rules)))
    return Memory(replace(facts, papers=frozenset(printed)))


@pytest.mark.parametrize("role", [Role.EARN, Role.REDEEM])
def test_a_booth_gives_a_printed_slip_out_for_its_own_failed_scan(role: Role) -> None:
    phone = make_device(role=role)

    outcome = with_paper(SLIP).tell(ask(PAPER_FOR_IT, by=phone))

    assert isinstance(outcome, Accepted)


@pytest.mark.parametrize("role", [Role.EARN, Role.REDEEM])
@pytest.mark.parametrize(
    "issue", [ISSUE, replace(PAPER_FOR_IT, attempt_by=CredentialId("device:8"))]
)
def test_a_booth_gives_none_out_for_nothing_and_none_for_others(
    role: Role, issue: IssueSlip
) -> None:
    outcome = with_paper(SLIP).tell(ask(issue, by=make_device(role=role)))

    assert outcome == Refused(reason=Refusal.NOT_ALLOWED)


def test_a_booth_gives_out_no_more_slips_than_were_printed() -> None:
    book, home_made = with_paper(SLIP), slip_by_code(b"\x02" * 32)

    outcomes = book.post(
        ask(replace(PAPER_FOR_IT, slip=home_made), by=STALL), ask(PAPER_FOR_IT, by=STALL)
    )

    assert outcomes[0] == Refused(reason=Refusal.SLIP_UNKNOWN)
    assert isinstance(outcomes[1], Accepted)


@pytest.mark.parametrize(("points", "is_taken"), [(20, True), (21, False)])
def test_a_booths_slip_is_for_a_small_sum(points: int, *, is_taken: bool) -> None:
    book = with_paper(SLIP, slip_points_max=20)

    outcome = book.tell(ask(replace(PAPER_FOR_IT, points=points), by=STALL))

    too_large = Refused(reason=Refusal.SLIP_TOO_LARGE, details={"points_max": 20})
    assert isinstance(outcome, Accepted) if is_taken else outcome == too_large


@pytest.mark.parametrize(("days", "is_taken"), [(0, True), (3, True), (4, False)])
def test_a_booths_slip_is_for_a_few_weeks(days: int, *, is_taken: bool) -> None:
    book = with_paper(SLIP, slip_days_valid=3)

    outcome = book.tell(ask(replace(PAPER_FOR_IT, last_day=DAY + timedelta(days=days)), by=STALL))

    too_long = Refused(reason=Refusal.SLIP_TOO_LONG, details={"days_max": 3})
    assert isinstance(outcome, Accepted) if is_taken else outcome == too_long


def test_a_supervisor_is_held_to_neither() -> None:
    book = with_paper(slip_points_max=0, slip_days_valid=0)

    assert isinstance(book.tell(replace(ISSUE, points=500, last_day=date.max)), Accepted)


def stalls_scan() -> Asked:
    return ask(make_earn(activity=GAME.key), key=ATTEMPT, by=STALL)


def test_a_scan_never_pays_beside_a_slip_that_another_phone_gave_out_for_it() -> None:
    outcomes = Memory().post(THEIRS, stalls_scan())

    assert outcomes[1] == Replayed(Refused(reason=Refusal.PAID_BY_SLIP))


def test_another_phone_gives_no_slip_out_for_a_scan_that_paid() -> None:
    outcomes = Memory().post(stalls_scan(), THEIRS)

    assert outcomes[1] == Refused(reason=Refusal.ATTEMPT_SETTLED)


def test_two_phones_give_one_slip_out_for_a_scan() -> None:
    mine = replace(PAPER_FOR_IT, slip=slip_by_code(b"\x02" * 32))
    book = with_paper(mine.slip)

    outcomes = book.post(THEIRS, ask(mine, by=STALL))

    assert outcomes[1] == Refused(reason=Refusal.ATTEMPT_SETTLED)


def test_another_phones_scan_of_the_same_name_is_another_scan() -> None:
    outcomes = Memory().post(THEIRS, failed_scan())

    assert isinstance(outcomes[1], Accepted)


def test_a_slip_stands_for_a_scan_and_never_for_goods() -> None:
    """Else goods handed out under the scan's name would be free."""
    goods = ask(make_redeem(), key=ATTEMPT)
    book = Memory(make_facts(points={WANG: 100}))

    outcomes = book.post(replace(ISSUE, attempt=ATTEMPT), goods)

    assert outcomes[1] == Conflict()


def test_slips_of_old_are_asked_for_in_the_same_words() -> None:
    """Who issues for a scan of its own names no phone, as before there was any to name."""
    written = canonical(PAPER_FOR_IT)

    assert "attempt_by" not in written
    assert canonical(THEIRS) == written.replace(
        '"attempt":"failed scan"', '"attempt":"failed scan","attempt_by":"device:7"'
    )
