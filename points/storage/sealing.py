"""The cards whose balances a phone may carry sealed, with what their households can spend."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CTE, Connection, func, select, union

from points.domain.facts import CardState
from points.domain.ids import CommunityKey, EventKey, HouseholdId, owed, wallet
from points.domain.sealing import Sealing
from points.storage.columns import table_of
from points.storage.ledger import HAS_POINTS, AccountRow, LotRow, OperationRow
from points.storage.people import CardRow, HouseholdRow

_account, _lot, _operation = table_of(AccountRow), table_of(LotRow), table_of(OperationRow)
_card, _household = table_of(CardRow), table_of(HouseholdRow)
_member = _household.alias("member")
_stands = func.coalesce(_household.c.merged_into, _household.c.id)

_WALLETS = wallet(HouseholdId(1)) - 1
"""A household's wallet has this number and its own on top."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealableCard:
    """A card with a record: what it is sealed by, and what the record tells."""

    sealing: Sealing
    state: CardState
    available: int
    """Points that its household can spend."""


def load_sealable(
    connection: Connection,
    event: EventKey,
    community: CommunityKey | None,
    *,
    now: datetime,
    limit: int,
) -> list[SealableCard]:
    """Read the cards of a community and those seen at an event, in order of tag.

    Args:
        connection: Where to read.
        event: Cards seen here count, whoever's they are.
        community: Its cards count; where it is None, all cards that have points.
        now: Points that have ended by then are not counted.
        limit: Where there are more, those used most recently are given.
    """
    members = _members(_wanted(event, community))
    purse = members.c.stands + _WALLETS
    available = (
        select(func.coalesce(func.sum(_lot.c.remaining), 0))
        .where(_lot.c.account == purse, HAS_POINTS, _lot.c.expires_at > now)
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            _card.c.sealed_tag,
            _card.c.sealing_key,
            _card.c.state,
            available.label("available"),
        )
        .join(members, members.c.household == _card.c.household)
        .outerjoin(_account, _account.c.id == purse)
        .where(_card.c.sealed_tag.is_not(None))
        .order_by(func.coalesce(_account.c.last_at, 0).desc(), _card.c.id)
        .limit(limit)
    )
    found = [
        SealableCard(
            sealing=Sealing(tag=row.sealed_tag, key=row.sealing_key),
            state=CardState(row.state),
            available=int(row.available),
        )
        for row in rows
    ]
    return sorted(found, key=lambda card: card.sealing.tag)


def _wanted(event: EventKey, community: CommunityKey | None) -> CTE:
    """Choose the households that stand, each once."""
    seen = (
        select(_stands.label("id"))
        .join(_operation, _operation.c.household == _household.c.id)
        .where(_operation.c.event == event)
    )
    if community is not None:
        theirs = select(_household.c.id).where(
            _household.c.community == community, _household.c.merged_into.is_(None)
        )
        return union(seen, theirs).cte("wanted")
    with_points = select((_account.c.id - _WALLETS).label("id")).where(
        _account.c.id > _WALLETS, _account.c.id < owed(HouseholdId(1)), _account.c.balance > 0
    )
    return union(seen, with_points).cte("wanted")


def _members(wanted: CTE) -> CTE:
    """Add the households that went up in those, whose cards are theirs now."""
    themselves = select(wanted.c.id.label("household"), wanted.c.id.label("stands"))
    gone = select(_member.c.id, _member.c.merged_into).join(
        wanted, _member.c.merged_into == wanted.c.id
    )
    return themselves.union_all(gone).cte("members")
