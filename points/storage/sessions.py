"""Residents' sessions, and how often somebody guessed at a card's code.

Of a session there is no more than it takes to know it again: a hash, its card, and the card's code
sealed under a key that only the resident's browser can make. One that ended is removed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, SQLModel

from points.domain.cards import CardNumber
from points.domain.chain import instant_of
from points.domain.facts import CardState
from points.domain.ids import CardId, CommunityKey, HouseholdId
from points.storage.columns import BIG, Moment, among, table_of
from points.storage.people import CardRow, HouseholdRow
from points.storage.statements import Query

SESSIONS_MAX = 10
"""Sessions that a card may have; one more ends the oldest."""


class ResidentSessionRow(SQLModel, table=True):
    """A browser that was shown a card."""

    __tablename__ = "resident_session"
    __table_args__ = {"sqlite_strict": True}

    hash: bytes = Field(primary_key=True)
    card: int = Field(foreign_key="card.id", index=True, sa_type=BIG)
    made_at: datetime = Field(sa_type=Moment)
    sealed_code: bytes


class GuessRow(SQLModel, table=True):
    """How many codes that no card has came from somewhere in a stretch of time."""

    __tablename__ = "guess"
    __table_args__ = {"sqlite_strict": True}

    source: bytes = Field(primary_key=True)
    """A hash of the address, never the address; of nothing, where all are counted together."""
    began_at: datetime = Field(primary_key=True, sa_type=Moment)
    count: int = Field(sa_type=BIG)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """Whom a session is of."""

    card: CardId
    number: CardNumber
    state: CardState
    household: HouseholdId
    """The household that stands today."""
    members: tuple[HouseholdId, ...]
    """The household itself, and those that went up in it."""
    community: CommunityKey | None
    made_at: datetime
    sealed_code: bytes


_session, _guess = table_of(ResidentSessionRow), table_of(GuessRow)
_card, _household = table_of(CardRow), table_of(HouseholdRow)
_standing = _household.alias("standing")
_STATES = {state.value: state for state in CardState}

_HOLDINGS = Query(
    select(
        *(_session.c[name] for name in ("hash", "made_at", "sealed_code", "card")),
        *(_card.c[name] for name in ("number", "state")),
        _standing.c.id.label("stands"),
        _standing.c.community,
    )
    .join(_card, _card.c.id == _session.c.card)
    .join(_household, _household.c.id == _card.c.household)
    .join(_standing, _standing.c.id == func.coalesce(_household.c.merged_into, _household.c.id))
    .where(among(_session.c.hash, "hashes"))
)
_MEMBERS = Query(
    select(_household.c.id, _household.c.merged_into).where(
        among(_household.c.merged_into, "households")
    )
)
_GUESSES = Query(
    select(_guess.c.source, func.sum(_guess.c.count).label("guesses"))
    .where(among(_guess.c.source, "sources"), _guess.c.began_at >= bindparam("since"))
    .group_by(_guess.c.source)
)


def load_holdings(connection: Connection, hashes: Collection[bytes]) -> dict[bytes, Holding]:
    """Read whom these sessions are of."""
    if not hashes:
        return {}
    rows = _HOLDINGS.rows(connection, hashes=list(hashes))
    members: dict[int, list[int]] = {row.stands: [row.stands] for row in rows}
    for row in _MEMBERS.rows(connection, households=list(members)) if members else ():
        members[row.merged_into].append(row.id)
    return {
        row.hash: Holding(
            card=CardId(row.card),
            number=CardNumber(row.number),
            state=_STATES[row.state],
            household=HouseholdId(row.stands),
            members=tuple(map(HouseholdId, sorted(members[row.stands]))),
            community=None if row.community is None else CommunityKey(row.community),
            made_at=instant_of(row.made_at),
            sealed_code=row.sealed_code,
        )
        for row in rows
    }


def hold_card_state(connection: Connection, card: CardId) -> CardState:
    """Read what became of a card; nobody stops it until the end of this transaction."""
    asked = select(_card.c.state).where(_card.c.id == card).with_for_update()
    return CardState(connection.execute(asked).scalar_one())


def add_session(
    connection: Connection, session: bytes, *, card: CardId, at: datetime, sealed_code: bytes
) -> None:
    """Keep a new session of a card, in place of the oldest if there are too many."""
    newest = (
        select(_session.c.hash)
        .where(_session.c.card == card)
        .order_by(_session.c.made_at.desc(), _session.c.hash)
        .limit(SESSIONS_MAX - 1)
    )
    kept = connection.execute(newest).scalars().all()
    connection.execute(
        delete(_session).where(_session.c.card == card, _session.c.hash.not_in(kept))
    )
    connection.execute(
        insert(_session).values(hash=session, card=card, made_at=at, sealed_code=sealed_code)
    )


def end_session(connection: Connection, session: bytes) -> None:
    """Forget a session."""
    connection.execute(delete(_session).where(_session.c.hash == session))


def end_sessions(connection: Connection, cards: Sequence[CardId]) -> None:
    """Forget all sessions of cards that were stopped, or are somebody else's now."""
    connection.execute(delete(_session).where(_session.c.card.in_(cards)))


def count_guesses(
    connection: Connection, sources: Collection[bytes], *, since: datetime
) -> Mapping[bytes, int]:
    """Count the codes guessed wrong since then, for each source that has any."""
    rows = _GUESSES.rows(connection, sources=list(sources), since=since)
    return {row.source: int(row.guesses) for row in rows}


def note_guess(connection: Connection, sources: Collection[bytes], *, began_at: datetime) -> None:
    """Count one more for each of these sources in this stretch, and forget the ones before."""
    connection.execute(delete(_guess).where(_guess.c.began_at < began_at))
    insert_of = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    for source in sorted(sources):  # always in this order: two that wait for each other never end
        add = insert_of(_guess).values(source=source, began_at=began_at, count=1)
        connection.execute(
            add.on_conflict_do_update(
                index_elements=["source", "began_at"], set_={"count": _guess.c.count + 1}
            )
        )
