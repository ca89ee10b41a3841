"""Invites for phones. What an invite says is known only by hash."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, delete, insert, select, update
from sqlmodel import Field, SQLModel

from points.domain.access import Role
from points.domain.ids import BoothKey, CredentialId, EventKey
from points.domain.pairing import Claim, Invite, Pairing, TokenState
from points.storage.columns import BIG, Moment, table_of
from points.storage.tokens import find_token


class InviteRow(SQLModel, table=True):
    """A way in for one phone, and who took it."""

    __tablename__ = "invite"
    __table_args__ = (
        CheckConstraint(
            "(device is null) = (claimed_at is null) and (device is null) = (token_hash is null)",
            name="claimed",
        ),
        {"sqlite_strict": True},
    )

    hash: bytes = Field(primary_key=True)
    name: str
    role: str
    event: str
    booth: str | None = None
    added_at: datetime = Field(sa_type=Moment)
    ends_at: datetime = Field(sa_type=Moment)
    wrong_claims: int = Field(default=0, sa_type=BIG)
    device: str | None = Field(default=None, foreign_key="credential.id")
    token_hash: bytes | None = None
    claimed_at: datetime | None = Field(default=None, sa_type=Moment)


_invite = table_of(InviteRow)


def add_invite(
    connection: Connection, invite: Invite, *, invite_hash: bytes, added_at: datetime
) -> None:
    """Keep an invite."""
    pairing = invite.pairing
    connection.execute(
        insert(_invite).values(
            hash=invite_hash,
            name=pairing.name,
            role=pairing.role,
            event=pairing.event,
            booth=pairing.booth,
            added_at=added_at,
            ends_at=invite.ends_at,
            wrong_claims=invite.wrong_claims,
        )
    )


def hold_invite(connection: Connection, invite_hash: bytes) -> Invite | None:
    """Read an invite; nobody else claims it until the end of this transaction."""
    row = connection.execute(
        select(_invite).where(_invite.c.hash == invite_hash).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    return Invite(
        pairing=Pairing(
            name=row.name,
            role=Role(row.role),
            event=EventKey(row.event),
            booth=None if row.booth is None else BoothKey(row.booth),
        ),
        ends_at=row.ends_at,
        wrong_claims=row.wrong_claims,
        claim=None if row.device is None else _claim(connection, row.token_hash),
    )


def count_wrong_claim(connection: Connection, invite_hash: bytes) -> None:
    """Note that an invite was claimed wrongly."""
    connection.execute(
        update(_invite)
        .where(_invite.c.hash == invite_hash)
        .values(wrong_claims=_invite.c.wrong_claims + 1)
    )


def add_claim(connection: Connection, invite_hash: bytes, claim: Claim, *, at: datetime) -> None:
    """Note who took an invite."""
    connection.execute(
        update(_invite)
        .where(_invite.c.hash == invite_hash)
        .values(device=claim.device, token_hash=claim.token_hash, claimed_at=at)
    )


def forget_invites(connection: Connection, *, ended_before: datetime) -> None:
    """Remove invites that nobody took and nobody can take any more."""
    connection.execute(
        delete(_invite).where(_invite.c.device.is_(None), _invite.c.ends_at < ended_before)
    )


def _claim(connection: Connection, token_hash: bytes) -> Claim:
    found = find_token(connection, token_hash)
    assert found is not None, "tokens are never forgotten"
    credential, state = found
    return Claim(
        device=credential.id,
        token_hash=token_hash,
        is_revoked=credential.is_revoked,
        has_ended=state is TokenState.ENDED,
    )


def claimed_among(connection: Connection, event: EventKey) -> dict[CredentialId, datetime]:
    """Tell which phones came in by invites to an event, and when."""
    rows = connection.execute(
        select(_invite.c.device, _invite.c.claimed_at).where(
            _invite.c.event == event, _invite.c.device.is_not(None)
        )
    )
    return {CredentialId(row.device): row.claimed_at for row in rows}
