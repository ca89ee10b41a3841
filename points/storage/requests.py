"""Answers already given, by the name under which each was asked for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from points.domain.batch import told_balance
from points.domain.chain import micros
from points.domain.facts import Accepted, Posted, Refused, Settled, Verdict
from points.domain.ids import CredentialId, OperationId
from points.domain.notes import Note, NoteKind, note
from points.domain.operations import OperationKey, RequestKey
from points.domain.outcomes import Refusal
from points.storage.columns import among, json_of, object_of, table_of
from points.storage.ledger import OperationRow, RequestRow
from points.storage.statements import Change, Query, Stored

_request, _operation = table_of(RequestRow), table_of(OperationRow)
_ADD = Change(
    *("key", "scope", "fingerprint", "status", "operation", "body"),
    *("reason", "details", "answered_at", "chain", "batch"),
    statement=insert(_request),
)
_SETTLED = Query(
    select(
        *(_request.c[name] for name in ("scope", "key", "fingerprint", "status")),
        *(_request.c[name] for name in ("operation", "reason", "details")),
        _operation.c.points,
        _operation.c.balance_after,
        _operation.c.details.label("operation_details"),
    )
    .outerjoin(_operation, _operation.c.id == _request.c.operation)
    .where(among(_request.c.key, "keys"))
)


def load_settled(connection: Connection, refs: Collection[RequestKey]) -> dict[RequestKey, Settled]:
    """Read the final answers to these requests."""
    found: dict[RequestKey, Settled] = {}
    for row in _SETTLED.rows(connection, keys={ref.key for ref in refs}):
        ref = RequestKey(CredentialId(row.scope), OperationKey(row.key))
        if ref in refs:  # somebody else may have thought of the same name
            found[ref] = Settled(row.fingerprint, _verdict(row))
    return found


def add_answers(
    connection: Connection,
    posted: Collection[Posted],
    frozen: Mapping[RequestKey, Settled],
    *,
    at: datetime,
    batch: tuple[int, int],
) -> list[Note]:
    """Keep the requests that became operations, and those that were refused for good.

    Always in order of name: two writers that were given the same names then never cross.

    Returns:
        What the batch, of this chain and number, must note of what was refused.
    """
    moment = micros(at)
    rows = [_accepted_row(one, moment) for one in posted]
    notes = []
    for ref, settled in frozen.items():
        row = _refused_row(ref, settled, moment)
        rows.append((*row, *batch))
        key, scope, mark, _, _, _, *answer = row
        notes.append(note(NoteKind.REFUSAL, (scope, key, mark, *answer)))
    _ADD.write(connection, sorted(rows, key=itemgetter(0, 1)))
    return notes


def forget_review(connection: Connection, ref: RequestKey) -> bool:
    """Forget that a request is kept for a person, who has judged; tell whether it was."""
    done = connection.execute(
        delete(_request).where(
            _request.c.key == ref.key,
            _request.c.scope == ref.scope,
            _request.c.reason == Refusal.IN_REVIEW,
        )
    )
    return bool(done.rowcount)


def _verdict(row: Row[Any]) -> Verdict:
    if row.status == "accepted":
        told = object_of(row.operation_details)
        return Accepted(
            operation=OperationId(row.operation),
            points=row.points,
            balance=told_balance(told, row.balance_after),
            details=told,
        )
    details = {} if row.details is None else object_of(row.details)
    return Refused(reason=Refusal(row.reason), details=details)


def _accepted_row(posted: Posted, at: int) -> tuple[Stored, ...]:
    scope, key = posted.ref
    body = posted.body
    return (key, scope, posted.fingerprint, "accepted", posted.id, body, None, None, at, None, None)


def _refused_row(ref: RequestKey, settled: Settled, at: int) -> tuple[Stored, ...]:
    refused = settled.verdict
    assert isinstance(refused, Refused), "what was accepted is kept with its operation"
    mark, reason, details = settled.fingerprint, refused.reason.value, json_of(refused.details)
    return (ref.key, ref.scope, mark, "refused", None, None, reason, details, at)
