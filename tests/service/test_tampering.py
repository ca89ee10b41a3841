"""A cheat with every right changes one value, in any column of the book: it is named."""

from collections.abc import Mapping

import pytest
from sqlalchemy import Connection, text

from points.domain.findings import Code
from points.domain.verifying import Result
from points.service.verifying import check_book
from points.service.verifying_run import Run
from points.storage.erasing import erase_people
from points.storage.soundness import TABLES
from tests.books import LATER
from tests.cheat import codes, do, guards_asleep
from tests.spending import FAMILY

EARN = "kind = 'earn' AND points > 0"
UNDO = "reverses IS NOT NULL"
ENTRY = "debit_seq IS NOT NULL AND lot IS NOT NULL"
ASKED = "status = 'accepted'"
BATCH = "number = (SELECT min(number) FROM batch WHERE number > 2 AND operations > 0)"
NOTES_ALONE = "operations = 0"
ALONE = "operation IN (SELECT operation FROM entry GROUP BY operation HAVING count(*) = 1)"
HELD = "version > 2"
LOT = "origin IS NULL AND remaining > 0"
MOVED = "origin IS NOT NULL"
KEPT = "kind = 'review' AND id NOT IN (SELECT id FROM settlement)"
UNSPENT = "spent = 0 AND ended_at IS NULL"
UNSETTLED = f"(SELECT max(id) FROM cases WHERE {KEPT})"

# Every column of the book's tables: what a cheat puts there, in which row, and what it is told as.
TAMPERINGS: Mapping[str, tuple[str, str, Code]] = {
    "operation.id": ("id + 1000000", "kind = 'building_closed'", Code.OPERATION_MISSING),
    "operation.chain": ("chain + 1", EARN, Code.OPERATION_MISPLACED),
    "operation.batch": ("batch + 1", EARN, Code.OPERATION_MISPLACED),
    "operation.scope": ("'device:99'", EARN, Code.REQUEST_DIFFERS),
    "operation.key": ("'another'", EARN, Code.REQUEST_DIFFERS),
    "operation.kind": ("'share'", EARN, Code.BATCH_CHANGED),
    "operation.fingerprint": (":bytes", EARN, Code.REQUEST_BODY),
    "operation.evidence": ("'offline'", EARN, Code.BATCH_CHANGED),
    "operation.occurred_at": ("occurred_at + 1", EARN, Code.BATCH_CHANGED),
    "operation.posted_at": ("posted_at + 1", EARN, Code.OPERATION_MISPLACED),
    "operation.local_day": ("'2019-12-04'", EARN, Code.OPERATION_DAY),
    "operation.household": ("household + 1", EARN, Code.ENTRY_NOT_ALLOWED),
    "operation.resident": ("99", EARN, Code.BATCH_CHANGED),
    "operation.event": ("'another'", EARN, Code.BATCH_CHANGED),
    "operation.booth": ("'another'", EARN, Code.BATCH_CHANGED),
    "operation.item": ("'market/another'", EARN, Code.REQUEST_BODY),
    "operation.version": ("version + 1", EARN, Code.BATCH_CHANGED),
    "operation.quantity": ("quantity + 1", "kind = 'redeem'", Code.OPERATION_QUANTITY),
    "operation.points": ("points + 1", EARN, Code.OPERATION_POINTS),
    "operation.expired": ("expired + 1", EARN, Code.OPERATION_EXPIRED),
    "operation.balance_after": ("balance_after + 1", EARN, Code.OPERATION_BALANCE),
    "operation.reference": ("'another'", EARN, Code.OPERATION_REFERENCE),
    "operation.reverses": ("2", UNDO, Code.UNDO_OF_UNDO),
    "operation.details": ("'{}'", UNDO, Code.BATCH_CHANGED),
    "entry.operation": ("operation + 1000000", ENTRY, Code.ENTRY_STRAY),
    "entry.line": ("line + 1", ALONE, Code.ENTRY_LINE),
    "entry.debit": ("debit + 500", ENTRY, Code.BATCH_CHANGED),
    "entry.credit": ("credit + 500", "credit_seq IS NOT NULL", Code.BATCH_CHANGED),
    "entry.amount": ("amount + 1", ENTRY, Code.BATCH_CHANGED),
    "entry.lot": ("lot + 1", ENTRY, Code.LOT_OVERDRAWN),
    "entry.expires_at": ("expires_at + 86400000000", "expires_at > 0", Code.BATCH_CHANGED),
    "entry.debit_seq": ("debit_seq + 1000", ENTRY, Code.SEQUENCE_BROKEN),
    "entry.credit_seq": ("credit_seq + 1000", "credit_seq IS NOT NULL", Code.SEQUENCE_BROKEN),
    "request.scope": ("'device:99'", ASKED, Code.REQUEST_DIFFERS),
    "request.key": ("'another'", ASKED, Code.REQUEST_DIFFERS),
    "request.fingerprint": (":bytes", ASKED, Code.REQUEST_DIFFERS),
    "request.status": ("'refused'", ASKED, Code.REQUEST_DIFFERS),
    "request.operation": ("operation + 1000000", ASKED, Code.REQUEST_STRAY),
    "request.body": ("body || ' '", ASKED, Code.REQUEST_BODY),
    "request.reason": ("'closed'", ASKED, Code.REQUEST_DIFFERS),
    "request.details": ("'{}'", ASKED, Code.REQUEST_DIFFERS),
    "request.answered_at": ("answered_at + 1", ASKED, Code.REQUEST_DIFFERS),
    "request.chain": ("0", ASKED, Code.REQUEST_DIFFERS),
    "request.batch": ("3", ASKED, Code.REQUEST_DIFFERS),
    "batch.chain": ("chain + 1", BATCH, Code.BATCH_MISSING),
    "batch.number": ("number + 1000", BATCH, Code.BATCH_MISSING),
    "batch.first_operation": ("first_operation + 1", BATCH, Code.OPERATION_UNSEALED),
    "batch.operations": ("operations + 1", BATCH, Code.BATCH_CHANGED),
    "batch.posted_at": ("posted_at + 1", BATCH, Code.BATCH_CHANGED),
    "batch.previous": (":bytes", BATCH, Code.BATCH_UNLINKED),
    "batch.hash": (":bytes", BATCH, Code.BATCH_CHANGED),
    "batch.notes": ("notes || ' refusal:0:00'", "notes IS NOT NULL", Code.BATCH_CHANGED),
    "chain.id": ("id + 100", "number > 0", Code.CHAIN_MISSING),
    "chain.number": ("number + 1", "number > 0", Code.CHAIN_HEAD),
    "chain.next_operation": ("next_operation + 1", "number = 0", Code.CHAIN_HEAD),
    "chain.head": (":bytes", "number > 0", Code.CHAIN_HEAD),
    "chain.last_at": ("last_at + 1", "number > 0", Code.CHAIN_HEAD),
    "anchor.id": ("id + 1", "id > 0", Code.ANCHOR_INVALID),
    "anchor.published_at": ("published_at + 1", "id > 0", Code.ANCHOR_INVALID),
    "anchor.heads": ("replace(heads, '\"number\": 0', '\"number\": 1')", "id > 0", Code.HEAD_LOST),
    "account.id": ("id + 1000000", HELD, Code.ACCOUNT_MISSING),
    "account.balance": ("balance + 1", HELD, Code.ACCOUNT_BALANCE),
    "account.version": ("version + 1", HELD, Code.ACCOUNT_VERSION),
    "account.last_at": ("last_at + 1", HELD, Code.ACCOUNT_TIME),
    "lot.id": ("id + 1000000", LOT, Code.LOT_MISSING),
    "lot.account": ("account + 1", LOT, Code.LOT_UNKNOWN),
    "lot.amount": ("amount + 1", LOT, Code.LOT_AMOUNT),
    "lot.remaining": ("remaining - 1", LOT, Code.LOT_REMAINING),
    "lot.expired": ("expired - 1", "expired > 0", Code.LOT_EXPIRED),
    "lot.origin": ("id", LOT, Code.LOT_ORIGIN),
    "lot.expires_at": ("expires_at + 86400000000", LOT, Code.LOT_EXPIRY),
    "slip.ref": ("'ff'", "ref <> 'ff'", Code.SLIP_MISSING),
    "slip.points": ("points + 1", "true", Code.SLIP_DIFFERS),
    "slip.valid_until": ("valid_until + 86400000000", "true", Code.SLIP_DIFFERS),
    "slip.is_cashed": ("1 - is_cashed", "true", Code.SLIP_DIFFERS),
    "slip.times_cashed": ("times_cashed + 1", "true", Code.SLIP_DIFFERS),
    "cases.id": ("id + 1000000", "id IN (SELECT id FROM settlement)", Code.SETTLEMENT_DIFFERS),
    "cases.kind": ("'limit_exceeded'", "kind = 'overspent'", Code.CASE_DIFFERS),
    "cases.reference": ("'another'", KEPT, Code.CASE_DIFFERS),
    "cases.opened_at": ("opened_at + 1", KEPT, Code.CASE_DIFFERS),
    "cases.device": ("'device:99'", KEPT, Code.CASE_DIFFERS),
    "cases.event": ("'another'", KEPT, Code.CASE_DIFFERS),
    "cases.booth": ("'another'", KEPT, Code.CASE_DIFFERS),
    "cases.household": ("household + 1", KEPT, Code.CASE_DIFFERS),
    "cases.key": ("'another'", KEPT, Code.CASE_MISSING),
    "cases.operation": ("1", "operation IS NOT NULL", Code.CASE_MISSING),
    "cases.body": ("body || ' '", KEPT, Code.CASE_DIFFERS),
    "cases.is_offline": ("1 - is_offline", KEPT, Code.CASE_DIFFERS),
    "cases.details": ("'{}'", KEPT, Code.CASE_DIFFERS),
    "cases.seal": (":bytes", KEPT, Code.CASE_DIFFERS),
    "settlement.id": (UNSETTLED, "decision = 'reject'", Code.CASE_DIFFERS),
    "settlement.key": ("'another'", "true", Code.SETTLEMENT_DIFFERS),
    "settlement.decision": ("'approve'", "decision = 'reject'", Code.SETTLEMENT_DIFFERS),
    "settlement.settled_by": ("'device:99'", "true", Code.SETTLEMENT_DIFFERS),
    "settlement.settled_at": ("settled_at + 1", "true", Code.SETTLEMENT_DIFFERS),
    "settlement.operation": ("1", "decision = 'forgive'", Code.SETTLEMENT_DIFFERS),
    "settlement.seal": (":bytes", "true", Code.SETTLEMENT_DIFFERS),
    "allowance.id": ("id + 1000000", "true", Code.ALLOWANCE_DIFFERS),
    "allowance.number": ("'000000009'", "true", Code.ALLOWANCE_DIFFERS),
    "allowance.fingerprint": (":bytes", "true", Code.ALLOWANCE_DIFFERS),
    "allowance.household": ("1", "true", Code.ALLOWANCE_DIFFERS),
    "allowance.points_max": ("points_max + 1", UNSPENT, Code.ALLOWANCE_DIFFERS),
    "allowance.last_day": ("'2031-01-17'", "true", Code.ALLOWANCE_DIFFERS),
    "allowance.is_confirmed": ("1 - is_confirmed", "true", Code.ALLOWANCE_DIFFERS),
    "allowance.made_at": ("made_at + 1", "true", Code.ALLOWANCE_DIFFERS),
    "allowance.ended_at": ("NULL", "ended_at IS NOT NULL", Code.ALLOWANCE_DIFFERS),
    "allowance.spent": ("spent - 1", "spent > 0", Code.ALLOWANCE_DIFFERS),
    "pin.household": ("1", "true", Code.PIN_DIFFERS),
    "pin.salt": (":bytes", "true", Code.PIN_DIFFERS),
    "pin.hash": (":bytes", "true", Code.PIN_DIFFERS),
    "pin.set_at": ("set_at + 1", "true", Code.PIN_DIFFERS),
    "pin.tries": ("tries - 1", "tries > 0", Code.PIN_DIFFERS),
    "pin.locked_until": ("set_at", "true", Code.PIN_DIFFERS),
    "pin.seal": (":bytes", "true", Code.PIN_DIFFERS),
    "one_time_code.hash": (":bytes", "used_by IS NULL", Code.CODE_DIFFERS),
    "one_time_code.card": ("1", "used_by IS NULL", Code.CODE_DIFFERS),
    "one_time_code.made_at": ("made_at + 60000000", "used_by IS NULL", Code.CODE_DIFFERS),
    "one_time_code.is_confirmed": ("1", "is_confirmed = 0", Code.CODE_DIFFERS),
    "one_time_code.used_by": ("NULL", "used_by IS NOT NULL", Code.CODE_DIFFERS),
    "one_time_code.seal": (":bytes", "true", Code.CODE_DIFFERS),
}

NOTHING_TELLS = {
    "allowance.label": "who carries an allowance may have to be forgotten",
    "settlement.name": "whoever settled a case may have to be forgotten",
    "settlement.note": "and so may what they noted",
}


@pytest.mark.parametrize("column", TAMPERINGS)
def test_whatever_is_changed_is_named(spoilt: Connection, column: str) -> None:
    value, where, code = TAMPERINGS[column]
    table, _, name = column.partition(".")
    row = f"SELECT {_key(table)} FROM {table} WHERE {where} ORDER BY {_key(table)} LIMIT 1"
    change = f"UPDATE {table} SET {name} = {value} WHERE ({_key(table)}) = ({row})"
    with guards_asleep(spoilt):
        do(spoilt, change, **({"bytes": bytes([7]) * 32} if ":bytes" in value else {}))

    assert code in codes(spoilt)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("id = id + 1000000", Code.ACCOUNT_UNKNOWN),
        ("balance = 1", Code.ACCOUNT_BALANCE),
        ("version = 1", Code.ACCOUNT_VERSION),
        ("last_at = 1", Code.ACCOUNT_TIME),
    ],
)
def test_even_of_an_account_that_nobody_used_a_change_is_named(
    spoilt: Connection, change: str, code: Code
) -> None:
    unused = "SELECT min(id) FROM account WHERE version = 0"
    with guards_asleep(spoilt):
        do(spoilt, f"UPDATE account SET {change} WHERE id = ({unused})")

    assert code in codes(spoilt)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("first_operation = first_operation + 1", Code.OPERATION_MISSING),
        ("first_operation = first_operation - 1", Code.OPERATION_MISSING),
        ("operations = 1", Code.BATCH_CHANGED),
        ("notes = NULL", Code.BATCH_CHANGED),
    ],
)
def test_even_of_a_batch_that_only_notes_a_change_is_named(
    spoilt: Connection, change: str, code: Code
) -> None:
    one = f"SELECT min(number) FROM batch WHERE {NOTES_ALONE}"
    with guards_asleep(spoilt):
        do(spoilt, f"UPDATE batch SET {change} WHERE number = ({one})")

    assert code in codes(spoilt)


def test_even_of_a_chain_that_nobody_used_a_change_is_named(spoilt: Connection) -> None:
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE chain SET last_at = 1 WHERE id = 7")

    assert codes(spoilt) == {Code.CHAIN_HEAD}


@pytest.mark.parametrize(
    "change",
    [
        "scope = 'device:99'",
        "key = 'another'",
        "fingerprint = :bytes",
        "status = 'accepted'",
        "operation = 1000000",
        "body = '{}'",
        "reason = 'price_changed'",
        "details = '{\"limit\": 99}'",
        "answered_at = answered_at + 1",
        "chain = NULL",
        "batch = 1",
    ],
)
def test_a_refusal_is_held_to_what_its_batch_notes(spoilt: Connection, change: str) -> None:
    other = "status = 'refused' AND reason <> 'price_changed'"
    row = f"SELECT min(key || scope) FROM request WHERE {other}"
    given = {"bytes": bytes([7]) * 32} if ":bytes" in change else {}
    with guards_asleep(spoilt):
        do(spoilt, f"UPDATE request SET {change} WHERE key || scope = ({row})", **given)

    assert codes(spoilt) & {Code.REFUSAL_INVALID, Code.REQUEST_STRAY, Code.REQUEST_DIFFERS}


@pytest.mark.parametrize("change", ["{", '{"0": 1}'])
def test_published_heads_that_cannot_be_read_are_named(spoilt: Connection, change: str) -> None:
    with guards_asleep(spoilt):
        do(spoilt, "UPDATE anchor SET heads = :heads", heads=change)

    assert codes(spoilt) == {Code.ANCHOR_INVALID}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("operation WHERE kind = 'building_closed'", Code.OPERATION_MISSING),
        ("entry WHERE lot IS NOT NULL", Code.BATCH_CHANGED),
        ("request WHERE status = 'accepted'", Code.REQUEST_MISSING),
        ("batch WHERE number = 3", Code.BATCH_MISSING),
        ("chain WHERE number > 0", Code.CHAIN_MISSING),
        ("account WHERE version > 2", Code.ACCOUNT_MISSING),
        ("lot WHERE remaining > 0", Code.LOT_MISSING),
        ("lot WHERE remaining = 0", Code.LOT_MISSING),
        ("slip", Code.SLIP_MISSING),
        ("cases WHERE kind = 'overspent'", Code.CASE_MISSING),
        ("settlement WHERE decision = 'approve'", Code.CASE_MISSING),
        ("settlement WHERE decision = 'reject'", Code.CASE_DIFFERS),
        ("allowance WHERE spent = 0", Code.ALLOWANCE_DIFFERS),
        ("one_time_code WHERE used_by IS NOT NULL", Code.CODE_DIFFERS),
    ],
)
def test_whatever_is_taken_away_is_missed(spoilt: Connection, row: str, code: Code) -> None:
    key = _key(row.partition(" ")[0])
    with guards_asleep(spoilt):
        first = f"SELECT {key} FROM {row} ORDER BY {key} LIMIT 1"
        do(spoilt, f"DELETE FROM {row.partition(' ')[0]} WHERE ({key}) = ({first})")

    assert code in codes(spoilt)


@pytest.mark.parametrize(
    ("column", "where", "code"),
    [
        ("operation.household", EARN, Code.ENTRY_NOT_ALLOWED),
        ("operation.occurred_at", EARN, Code.BATCH_CHANGED),
        ("operation.fingerprint", EARN, Code.REQUEST_BODY),
        ("entry.amount", "true", Code.BATCH_CHANGED),
        ("entry.expires_at", "expires_at IS NOT NULL", Code.BATCH_CHANGED),
        ("request.body", ASKED, Code.REQUEST_BODY),
        ("request.answered_at", "status = 'refused'", Code.REFUSAL_INVALID),
        ("batch.hash", "true", Code.BATCH_CHANGED),
        ("account.balance", "version > 0", Code.ACCOUNT_BALANCE),
        ("lot.remaining", "true", Code.LOT_REMAINING),
        ("lot.expires_at", "true", Code.LOT_EXPIRY),
        ("allowance.ended_at", "spent = 0", Code.ALLOWANCE_DIFFERS),
    ],
)
def test_what_changed_places_is_named(
    spoilt: Connection, column: str, where: str, code: Code
) -> None:
    table, _, name = column.partition(".")
    key = _key(table)
    rows = spoilt.execute(text(f"SELECT {key}, {name} AS v FROM {table} WHERE {where} ORDER BY 1"))
    first, *others = rows.all()
    second = next(row for row in others if row.v != first.v)
    keys = " AND ".join(f"{part} = :{part}" for part in key.split(", "))
    with guards_asleep(spoilt):
        for row, value in ((first, second.v), (second, first.v)):
            given = {part: getattr(row, part) for part in key.split(", ")}
            do(spoilt, f"UPDATE {table} SET {name} = :v WHERE {keys}", v=value, **given)

    assert code in codes(spoilt)


def test_a_household_whose_people_were_erased_leaves_nothing_to_find(spoilt: Connection) -> None:
    erase_people(spoilt, FAMILY, at=LATER)

    left = "SELECT count(*) FROM pin UNION ALL SELECT count(label) FROM allowance"
    assert set(spoilt.execute(text(left)).scalars()) == {0}
    run = Run(now=LATER)
    check_book(run, spoilt)
    assert run.report().result is Result.CLEAN


def test_every_column_of_the_book_is_tried() -> None:
    columns = {f"{table.name}.{column.name}" for table in TABLES for column in table.c}

    assert TAMPERINGS.keys() | NOTHING_TELLS.keys() == columns
    assert not TAMPERINGS.keys() & NOTHING_TELLS.keys()


def _key(table: str) -> str:
    keys = {one.name: one.primary_key.columns for one in TABLES}
    return ", ".join(column.name for column in keys[table])
