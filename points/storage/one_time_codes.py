"""One-time codes: made for a card, used by one operation. Known only by hash."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import CheckConstraint, Connection, bindparam, delete, func, insert, select, update
from sqlmodel import Field, SQLModel

from points.domain.chain import instant_of, micros, record_hash
from points.domain.facts import ShownCode
from points.domain.ids import CardId, OperationId
from points.domain.one_time_codes import LIVES, Lifetime
from points.domain.operations import CardRef
from points.domain.shown_cards import card_by_one_time_code, is_one_time
from points.storage.columns import BIG, Moment, among, table_of
from points.storage.people import CARDS, CardRow, card_of
from points.storage.statements import Change, Query


class OneTimeCodeRow(SQLModel, table=True):
    """A one-time code. What was used stays; what ended unused is removed with the next one made."""

    __tablename__ = "one_time_code"
    __table_args__ = (
        CheckConstraint("is_confirmed in (0, 1)", name="confirmed"),
        {"sqlite_strict": True},
    )

    hash: bytes = Field(primary_key=True)
    card: int = Field(foreign_key="card.id", index=True, sa_type=BIG)
    made_at: datetime = Field(sa_type=Moment)
    is_confirmed: int = Field(sa_type=BIG)
    used_by: int | None = Field(default=None, foreign_key="operation.id", unique=True, sa_type=BIG)
    seal: bytes
    """A hash of all but who used it."""


_code, _card = table_of(OneTimeCodeRow), table_of(CardRow)
_SHOWN = Query(
    CARDS.add_columns(
        _code.c.hash,
        _code.c.made_at,
        _code.c.is_confirmed,
        _code.c.used_by,
    )
    .join(_code, _code.c.card == _card.c.id)
    .where(among(_code.c.hash, "hashes"))
)
_USE = Change(
    *("operation", "code"),
    statement=update(_code)
    .where(_code.c.hash == bindparam("code"))
    .values(used_by=bindparam("operation")),
)


def add_one_time_code(
    connection: Connection, code: bytes, *, card: CardId, at: datetime, is_confirmed: bool
) -> None:
    """Keep a new code, in place of the card's that ended unused."""
    ended = (_code.c.card == card) & _code.c.used_by.is_(None) & (_code.c.made_at <= at - LIVES)
    connection.execute(delete(_code).where(ended))
    seal = record_hash((code, card, micros(at), int(is_confirmed)))
    made = {"hash": code, "card": card, "made_at": at, "is_confirmed": int(is_confirmed)}
    connection.execute(insert(_code).values(made | {"seal": seal}))


def count_unused(connection: Connection, card: CardId, *, since: datetime) -> int:
    """Count the codes that were made for a card since an instant and not used."""
    found = select(func.count()).where(
        _code.c.card == card, _code.c.used_by.is_(None), _code.c.made_at > since
    )
    return int(connection.execute(found).scalar_one())


def load_codes(connection: Connection, refs: Collection[CardRef]) -> dict[CardRef, ShownCode]:
    """Read the codes of these names, each with its card and the household of today."""
    hashes = [bytes.fromhex(ref.partition(":")[2]) for ref in refs if is_one_time(ref)]
    if not hashes:
        return {}
    return {
        card_by_one_time_code(row.hash): ShownCode(
            card=card_of(row),
            lifetime=Lifetime(instant_of(row.made_at)),
            is_confirmed=bool(row.is_confirmed),
            used_by=None if row.used_by is None else OperationId(row.used_by),
        )
        for row in _SHOWN.rows(connection, hashes=hashes)
    }


def use_codes(connection: Connection, used: Mapping[CardRef, OperationId]) -> None:
    """Let codes be used. Two operations can never use the same: both hold its household."""
    rows = [(operation, bytes.fromhex(ref.partition(":")[2])) for ref, operation in used.items()]
    _USE.write(connection, rows)
