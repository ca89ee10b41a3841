"""Answers already given, by the name under which each was asked for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, tuple_

from points.domain.facts import Accepted, Posted, Refused, Settled, Verdict
from points.domain.ids import CredentialId, OperationId
from points.domain.operations import OperationKey, RequestKey
from points.domain.outcomes import Refusal
from points.storage.columns import table_of
from points.storage.ledger import OperationRow, RequestRow

_request, _operation = table_of(RequestRow), table_of(OperationRow)


def load_settled(connection: Connection, refs: Collection[RequestKey]) -> dict[RequestKey, Settled]:
    """Read the final answers to these requests."""
    named = sorted((ref.scope, ref.key) for ref in refs)
    rows = connection.execute(
        select(
            _request,
            _operation.c.points,
            _operation.c.balance_after,
            _operation.c.details.label("operation_details"),
        )
        .outerjoin(_operation, _operation.c.id == _request.c.operation)
        .where(tuple_(_request.c.scope, _request.c.key).in_(named))
    )
    return {
        RequestKey(CredentialId(row.scope), OperationKey(row.key)): Settled(
            row.fingerprint, _verdict(row)
        )
        for row in rows
    }


def add_accepted(connection: Connection, posted: Collection[Posted]) -> None:
    """Keep the requests that became operations."""
    if posted:
        connection.execute(insert(_request), [_accepted_row(one) for one in posted])


def add_refused(
    connection: Connection, frozen: Mapping[RequestKey, Settled], *, at: datetime
) -> None:
    """Keep the requests that were refused for good."""
    if frozen:
        connection.execute(
            insert(_request),
            [_refused_row(ref, settled, at) for ref, settled in sorted_by_name(frozen)],
        )


def sorted_by_name(frozen: Mapping[RequestKey, Settled]) -> list[tuple[RequestKey, Settled]]:
    """Order requests the one way in which every writer adds them."""
    return sorted(frozen.items(), key=lambda pair: (pair[0].scope, pair[0].key))


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
