"""Tokens beside the current ones: told and not used yet, or replaced. Known only by hash."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, delete, insert, select, update
from sqlmodel import Field, SQLModel

from points.domain.access import Credential
from points.domain.ids import CredentialId
from points.domain.pairing import TokenState
from points.storage.access import CredentialRow, find_credential
from points.storage.columns import Moment, table_of


class TokenRow(SQLModel, table=True):
    """A token that comes after a credential's current one, or came before it."""

    __tablename__ = "token"
    __table_args__ = (
        CheckConstraint("state in ('next', 'ended')", name="state"),
        {"sqlite_strict": True},
    )

    hash: bytes = Field(primary_key=True)
    credential: str = Field(foreign_key="credential.id")
    state: str
    added_at: datetime = Field(sa_type=Moment)


_credential, _token = table_of(CredentialRow), table_of(TokenRow)
_BESIDE = select(_credential.c.token_hash, _token.c.state).join(
    _token, _token.c.credential == _credential.c.id
)


def find_token(connection: Connection, token_hash: bytes) -> tuple[Credential, TokenState] | None:
    """Find whose token this is, or was."""
    found = find_credential(connection, token_hash)
    if found is not None:
        return found, TokenState.CURRENT
    row = connection.execute(_BESIDE.where(_token.c.hash == token_hash)).one_or_none()
    if row is None:
        return None
    owner = find_credential(connection, row.token_hash)
    assert owner is not None, "its current token was read in this very transaction"
    return owner, TokenState(row.state)


def add_next_token(
    connection: Connection, credential: CredentialId, token_hash: bytes, *, at: datetime
) -> None:
    """Let a credential be known by one more token, from whose first use on it is the only one."""
    connection.execute(
        update(_token)
        .where(_token.c.credential == credential, _token.c.state == TokenState.NEXT)
        .values(state=TokenState.ENDED)
    )
    connection.execute(
        insert(_token).values(
            hash=token_hash, credential=credential, state=TokenState.NEXT, added_at=at
        )
    )


def make_current(
    connection: Connection, credential: CredentialId, token_hash: bytes, *, at: datetime
) -> None:
    """Let the credential's next token take the place of the current one; done twice, it is done."""
    hold_credential(connection, credential)
    found = find_token(connection, token_hash)
    if found is None or found[1] is not TokenState.NEXT:
        return
    before = connection.execute(
        select(_credential.c.token_hash).where(_credential.c.id == credential)
    ).scalar_one()
    connection.execute(delete(_token).where(_token.c.hash == token_hash))
    connection.execute(
        update(_credential).where(_credential.c.id == credential).values(token_hash=token_hash)
    )
    connection.execute(
        insert(_token).values(
            hash=before, credential=credential, state=TokenState.ENDED, added_at=at
        )
    )


def hold_credential(connection: Connection, credential: CredentialId) -> None:
    """Let nobody else change a credential or its tokens until the end of this transaction."""
    connection.execute(
        select(_credential.c.id).where(_credential.c.id == credential).with_for_update()
    )
