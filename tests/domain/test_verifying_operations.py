from dataclasses import replace
from typing import Any

import pytest

from points.domain.access import OPERATOR
from points.domain.calendar import Calendar
from points.domain.facts import ANY_BODY
from points.domain.findings import Code, Findings, GapReason
from points.domain.ids import owed, wallet
from points.domain.notes import NoteKind, note, write_notes
from points.domain.operations import (
    Adjust,
    CloseBuilding,
    IssueSlip,
    Merge,
    MoveStock,
    SetBudget,
    fingerprint,
    slip_by_code,
)
from points.domain.shapes import EXPIRED, ISSUED, REDEEMED
from points.domain.stored import EntryLine, OperationLine, RequestLine
from points.domain.verifying_operations import (
    OperationCheck,
    body_fault,
    is_refusal,
    made_lot,
)
from tests.build import ask, make_catalog, make_device, make_earn, make_redeem, make_undo
from tests.lines import Lines, lines_of, open_book
from tests.market import (
    BIN_BAGS,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    LI,
    NOW,
    REDEEMING,
    WANG,
)
from tests.memory import Memory

CALENDAR = Calendar(make_catalog().programme)


FREE = '{"kind":"redeem","quantity":1,"reward":"market/bin-bags"}'


def everything() -> Memory:
    book = open_book({WANG: 100, LI: 50})
    phone = make_device(event=CORRIDORS.key, booth=None)
    for asked in (
        ask(make_earn(), key="earn"),
        ask(make_redeem(), key="redeem"),
        ask(make_undo("redeem"), key="undo"),
        ask(make_redeem(), key="redeem again"),
        ask(make_earn(activity=CLEAN_UP.key, building="3"), by=phone),
        ask(
            CloseBuilding(activity=CLEAN_UP.key, building="3", period="2019-12", occurred_at=NOW),
            by=OPERATOR,
        ),
        ask(
            MoveStock(
                reward=BIN_BAGS.key,
                source=REDEEMING,
                booth=make_device(booth=REDEEMING).booth or REDEEMING,
                quantity=1,
                occurred_at=NOW,
            ),
            by=OPERATOR,
        ),
        ask(
            IssueSlip(slip=slip_by_code(b"1"), points=5, last_day=DAY, occurred_at=NOW),
            key="slip",
        ),
        ask(Merge(source=LI, into=WANG, occurred_at=NOW), key="merge", by=OPERATOR),
    ):
        book.tell(asked)
    return book


LINES = lines_of(everything())


def kind(name: str) -> OperationLine:
    return next(one for one in LINES.operations if one.kind == name)


def of(operation: OperationLine, lines: Lines = LINES) -> tuple[list[EntryLine], list[RequestLine]]:
    return (
        [one for one in lines.entries if one.operation == operation.id],
        [one for one in lines.requests if one.operation == operation.id],
    )


def codes(
    operation: OperationLine, entries: list[EntryLine], requests: list[RequestLine]
) -> list[Code]:
    findings = Findings()
    OperationCheck(CALENDAR, findings).check(operation, entries, requests)
    return [one.code for one in findings.items]


def test_whatever_was_posted_is_right_and_is_added_up() -> None:
    findings = Findings()
    check = OperationCheck(CALENDAR, findings)

    for operation in LINES.operations:
        check.check(operation, *of(operation))

    assert (findings.items, findings.gaps) == ([], [])
    assert check.totals.operations == len(LINES.operations)
    assert check.totals.entries == len(LINES.entries)
    assert check.totals.net(ISSUED) == -15
    assert check.totals.net(REDEEMED) == 30
    assert list(check.totals.merges) == [LI]
    shelves = {account for account in check.totals.last_at if account != owed(WANG)}
    assert shelves
    assert wallet(WANG) not in check.totals.last_at


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("earn", {"points": 11}, Code.OPERATION_POINTS),
        ("earn", {"expired": 1}, Code.OPERATION_EXPIRED),
        ("earn", {"local_day": "2019-12-06"}, Code.OPERATION_DAY),
        ("earn", {"reference": "market/game:1:2019-12-05:1"}, Code.OPERATION_REFERENCE),
        ("earn", {"reference": None}, Code.OPERATION_REFERENCE),
        ("earn", {"household": 3}, Code.ENTRY_NOT_ALLOWED),
        ("earn", {"item": "market/game"}, Code.REQUEST_BODY),
        ("earn", {"kind": "redeem"}, Code.ENTRY_NOT_ALLOWED),
        ("redeem", {"quantity": 2}, Code.OPERATION_QUANTITY),
        ("redeem", {"points": -31}, Code.REQUEST_BODY),
        ("adjust", {"points": 1}, Code.REQUEST_BODY),
        ("stock_received", {"quantity": 1}, Code.REQUEST_BODY),
        ("slip_issued", {"quantity": 6}, Code.OPERATION_QUANTITY),
        ("slip_issued", {"reference": "x"}, Code.OPERATION_REFERENCE),
        ("building_closed", {"points": 1}, Code.OPERATION_POINTS),
        ("building_closed", {"reference": "x"}, Code.OPERATION_REFERENCE),
        ("merge", {"details": "{}"}, Code.ENTRY_NOT_ALLOWED),
        ("merge", {"reference": "merged:9"}, Code.OPERATION_REFERENCE),
        ("undo", {"points": 0}, Code.OPERATION_POINTS),
        ("earn", {"scope": "x"}, Code.REQUEST_DIFFERS),
        ("earn", {"key": "x"}, Code.REQUEST_DIFFERS),
        ("earn", {"posted_at": 1}, Code.REQUEST_DIFFERS),
        ("earn", {"fingerprint": b"x"}, Code.REQUEST_BODY),
    ],
)
def test_an_operation_forged_with_all_its_hashes_is_named(
    name: str, changes: dict[str, Any], code: Code
) -> None:
    operation = kind(name)

    assert code in codes(operation._replace(**changes), *of(operation))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 10**12 + 1}, Code.ACCOUNT_ABOVE_MAX),
        ({"amount": 0}, Code.ACCOUNT_ABOVE_MAX),
        ({"amount": 9}, Code.OPERATION_POINTS),
        ({"line": 1}, Code.ENTRY_LINE),
        ({"line": -1}, Code.ENTRY_NOT_ALLOWED),
        ({"lot": None}, Code.ENTRY_NOT_ALLOWED),
        ({"lot": 5}, Code.ENTRY_NOT_ALLOWED),
        ({"expires_at": None}, Code.ENTRY_NOT_ALLOWED),
        ({"debit": EXPIRED}, Code.ENTRY_NOT_ALLOWED),
        ({"credit": wallet(LI)}, Code.ENTRY_NOT_ALLOWED),
        ({"debit_seq": 1}, Code.ENTRY_NOT_ALLOWED),
        ({"credit_seq": None}, Code.ENTRY_NOT_ALLOWED),
    ],
)
def test_an_entry_forged_with_all_its_hashes_is_named(changes: dict[str, Any], code: Code) -> None:
    operation = kind("earn")
    entries, requests = of(operation)

    assert code in codes(operation, [entries[0]._replace(**changes)], requests)


def test_what_must_have_entries_has_them() -> None:
    operation = kind("redeem")

    assert Code.ENTRIES_MISSING in codes(operation, [], of(operation)[1])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": "refused"}, Code.REQUEST_DIFFERS),
        ({"fingerprint": b"x"}, Code.REQUEST_DIFFERS),
        ({"reason": "closed"}, Code.REQUEST_DIFFERS),
        ({"details": "{}"}, Code.REQUEST_DIFFERS),
        ({"answered_at": 1}, Code.REQUEST_DIFFERS),
        ({"body": None}, Code.REQUEST_BODY),
        ({"body": "{}"}, Code.REQUEST_BODY),
    ],
)
def test_a_request_that_is_not_its_operations_is_named(changes: dict[str, Any], code: Code) -> None:
    operation = kind("earn")
    entries, requests = of(operation)

    assert code in codes(operation, entries, [requests[0]._replace(**changes)])


def test_an_operation_has_one_request() -> None:
    operation = kind("earn")
    entries, requests = of(operation)

    assert codes(operation, entries, []) == [Code.REQUEST_MISSING]
    assert codes(operation, entries, requests * 2) == [Code.REQUEST_DIFFERS]


def test_an_unknown_kind_is_a_gap() -> None:
    findings, operation = Findings(), kind("earn")._replace(kind="gift")

    OperationCheck(CALENDAR, findings).check(operation, *of(kind("earn")))

    assert [gap.reason for gap in findings.gaps] == [GapReason.KIND_UNKNOWN]


@pytest.mark.parametrize("body", ["", "[]", '{"kind":"redeem"}', FREE])
def test_what_was_asked_may_be_anything_a_cheat_can_think_of(body: str) -> None:
    operation = kind("redeem")._replace(fingerprint=fingerprint(body))
    entries, requests = of(kind("redeem"))
    request = requests[0]._replace(body=body, fingerprint=operation.fingerprint)

    assert codes(operation, entries, [request]) == [Code.REQUEST_BODY]


def test_a_quoted_kind_within_a_text_is_not_the_kind() -> None:
    adjust = Adjust(
        household=WANG, points=5, reason='"kind":"earn"', approver="Chen", occurred_at=NOW
    )
    book = open_book()
    book.tell(ask(adjust, by=OPERATOR))
    line = lines_of(book).operations[-1]
    body = lines_of(book).requests[-1].body or ""

    assert body_fault(line, body) is None
    assert body_fault(line._replace(kind="earn"), body) == "kind"


def refusal(reason: str = "closed", mark: bytes = bytes(32)) -> RequestLine:
    """Give a refusal."""
    return RequestLine(
        operation=None,
        scope="device:4",
        key="k",
        fingerprint=mark,
        status="refused",
        body=None,
        reason=reason,
        details="{}",
        answered_at=5,
        chain=0,
        batch=1,
    )


def noted(one: RequestLine) -> str | None:
    """Give the notes of a batch that refused this, and something else."""
    told = [one._replace(key="other"), one]
    records = [(it.scope, it.key, it.fingerprint, it.reason, it.details, 5) for it in told]
    return write_notes(note(NoteKind.REFUSAL, record) for record in records)


def test_a_refusal_is_one_whatever_body_it_is_for() -> None:
    for one in (refusal(), refusal(mark=ANY_BODY)):
        assert is_refusal(one, noted(one))


def test_what_cannot_be_a_refusal_is_none_even_if_it_is_noted() -> None:
    for one in (refusal(reason="mood"), refusal(mark=b"1")):
        assert not is_refusal(one, noted(one))


@pytest.mark.parametrize("notes", [None, noted(refusal(reason="too_old"))])
def test_what_its_batch_does_not_note_is_no_refusal(notes: str | None) -> None:
    assert not is_refusal(refusal(), notes)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("scope", "device:5"),
        ("key", "l"),
        ("fingerprint", b"1" * 32),
        ("fingerprint", ANY_BODY),
        ("status", "accepted"),
        ("body", "{}"),
        ("reason", "too_old"),
        ("reason", None),
        ("details", None),
        ("details", '{"limit": 2}'),
        ("answered_at", 6),
    ],
)
def test_whatever_of_a_refusal_is_changed_is_not_what_was_noted(column: str, value: object) -> None:
    changed: dict[str, Any] = {column: value}

    assert not is_refusal(refusal()._replace(**changed), noted(refusal()))


def test_a_lot_is_numbered_by_its_line_where_that_is_one() -> None:
    assert made_lot(1, 0) == 1 << 15
    assert made_lot(1, -1) is None
    assert made_lot(1, 1 << 15) is None


def test_a_budget_set_counts_what_it_changed() -> None:
    catalog = make_catalog(replace(CORRIDORS, points_budget=100))
    book = open_book()
    book.facts = replace(book.facts, catalog=catalog)
    for points in (100, 70):
        book.tell(ask(SetBudget(item=CORRIDORS.key, points=points, occurred_at=NOW), by=OPERATOR))
    lines = lines_of(book)

    for line in lines.operations[-2:]:
        assert codes(line, *of(line, lines)) == []
        assert Code.OPERATION_QUANTITY in codes(line._replace(quantity=1), *of(line, lines))
