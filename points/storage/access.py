"""Credentials of devices and partners. Tokens are known only by hash."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlmodel import Field, SQLModel

from points.domain.access import Credential, Role
from points.domain.chain import instant_of
from points.domain.ids import BoothKey, CredentialId, EventKey
from points.storage.columns import Moment, among, table_of
from points.storage.statements import Query


class CredentialRow(SQLModel, table=True):
    """A paired phone or a partner's key."""

    __tablename__ = "credential"
    __table_args__ = {"sqlite_strict": True}

    id: str = Field(primary_key=True)
    name: str
    role: str
    event: str | None = None
    booth: str | None = None
    token_hash: bytes = Field(unique=True)
    added_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


_credential = table_of(CredentialRow)
_REVOKED = Query(
    select(_credential.c.id, _credential.c.revoked_at).where(
        among(_credential.c.id, "ids"), _credential.c.revoked_at.is_not(None)
    )
)


_BY_TOKEN = Query(
    select(
        *(_credential.c[name] for name in ("id", "role", "event", "booth")),
        *(_credential.c[name] for name in ("revoked_at", "token_hash")),
    ).where(among(_credential.c.token_hash, "hashes"))
)


def credentials_among(
    connection: Connection, token_hashes: Collection[bytes]
) -> dict[bytes, Credential]:
    """Find whose tokens these are, revoked ones included."""
    rows = _BY_TOKEN.rows(connection, hashes=token_hashes)
    return {row.token_hash: _credential_of(row) for row in rows}


def find_credential(connection: Connection, token_hash: bytes) -> Credential | None:
    """Find whose token this is, revoked ones included."""
    row = connection.execute(
        select(_credential).where(_credential.c.token_hash == token_hash)
    ).one_or_none()
    return None if row is None else _credential_of(row)


def load_credential(connection: Connection, credential: CredentialId) -> Credential | None:
    """Find a credential by its name, a revoked one too."""
    found = select(_credential).where(_credential.c.id == credential)
    row = connection.execute(found).one_or_none()
    return None if row is None else _credential_of(row)


def _credential_of(row: Row[Any]) -> Credential:
    return Credential(
        id=CredentialId(row.id),
        role=Role(row.role),
        event=None if row.event is None else EventKey(row.event),
        booth=None if row.booth is None else BoothKey(row.booth),
        is_revoked=row.revoked_at is not None,
    )


def revoked_among(connection: Connection, ids: set[CredentialId]) -> dict[CredentialId, datetime]:
    """Tell which of these credentials are revoked, and since when."""
    rows = _REVOKED.rows(connection, ids=ids)
    return {CredentialId(row.id): instant_of(row.revoked_at) for row in rows}


def add_credential(
    connection: Connection,
    credential: Credential,
    *,
    name: str,
    token_hash: bytes,
    added_at: datetime,
) -> None:
    """Let somebody in."""
    connection.execute(
        insert(_credential).values(
            id=credential.id,
            name=name,
            role=credential.role,
            event=credential.event,
            booth=credential.booth,
            token_hash=token_hash,
            added_at=added_at,
        )
    )


def revoke_credential(connection: Connection, credential: CredentialId, at: datetime) -> bool:
    """Shut somebody out from now on; tell whether there was anyone to shut out."""
    done = connection.execute(
        update(_credential)
        .where(_credential.c.id == credential, _credential.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return bool(done.rowcount)


def next_number(connection: Connection, kind: str) -> int:
    """Give the first free number of "device:7" or "partner:3". Two at once collide on the id."""
    ids = select(_credential.c.id).where(_credential.c.id.startswith(f"{kind}:", autoescape=True))
    return 1 + max((int(row.id.partition(":")[2]) for row in connection.execute(ids)), default=0)


def is_known(connection: Connection, credential: CredentialId) -> bool:
    """Tell whether there is such a credential, revoked or not."""
    found = select(_credential.c.id).where(_credential.c.id == credential)
    return connection.execute(found).one_or_none() is not None
