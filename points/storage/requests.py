"""Answers already given, by the name under which each was asked for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from points.domain.facts import Accepted, Posted, Refused, Settled, Verdict
from points.domain.ids import CredentialId, OperationId
from points.domain.operations import OperationKey, RequestKey
from points.domain.outcomes import Refusal
from points.storage.columns import among, table_of
from points.storage.ledger import OperationRow, RequestRow

_request, _operation = table_of(RequestRow), table_of(OperationRow)
_ADD = insert(_request)
# Written once: building a statement anew costs more than asking it.
_SETTLED = (
    select(
        _request,
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
    for row in connection.execute(_SETTLED, {"keys": list({ref.key for ref in refs})}):
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
) -> None:
    """Keep the requests that became operations, and those that were refused for good.

    Always in order of name: two writers that were given the same names then never cross.
    """
    rows = [_accepted_row(one) for one in posted]
    rows += [_refused_row(ref, settled, at) for ref, settled in frozen.items()]
    if rows:
        connection.execute(_ADD, sorted(rows, key=itemgetter("key", "scope")))


def _verdict(row: Row[Any]) -> Verdict:
    if row.status == "accepted":
        return Accepted(
            operation=OperationId(row.operation),
            points=row.points,
            balance=row.balance_after,
            details=row.operation_details,
        )
    return Refused(reason=Refusal(row.reason), details=row.details or {})


def _accepted_row(posted: Posted) -> dict[str, object]:
    return {
        "scope": posted.ref.scope,
        "key": posted.ref.key,
        "fingerprint": posted.fingerprint,
        "status": "accepted",
        "operation": posted.id,
        "body": posted.body,
        "reason": None,
        "details": None,
        "answered_at": posted.posted_at,
    }


def _refused_row(ref: RequestKey, settled: Settled, at: datetime) -> dict[str, object]:
    refused = settled.verdict
    assert isinstance(refused, Refused), "what was accepted is kept with its operation"
    return {
        "scope": ref.scope,
        "key": ref.key,
        "fingerprint": settled.fingerprint,
        "status": "refused",
        "operation": None,
        "body": None,
        "reason": refused.reason,
        "details": dict(refused.details),
        "answered_at": at,
    }
