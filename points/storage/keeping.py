"""What is kept of a household beside its door, its cards and its points, for its own copy of it.

Of a secret it is told that there is one and since when, never the secret nor its hash.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from points.domain.ids import HouseholdId
from points.storage.allowances import AllowanceRow
from points.storage.cases import CaseRow, SettlementRow
from points.storage.columns import table_of
from points.storage.family import FamilyCodeRow, FamilyTryRow
from points.storage.one_time_codes import OneTimeCodeRow
from points.storage.people import CardRow, ResidentRow, members_of
from points.storage.pins import PinRow
from points.storage.sessions import ResidentSessionRow

_card, _resident = table_of(CardRow), table_of(ResidentRow)
_session, _pin, _allowance = table_of(ResidentSessionRow), table_of(PinRow), table_of(AllowanceRow)
_once, _code, _try = table_of(OneTimeCodeRow), table_of(FamilyCodeRow), table_of(FamilyTryRow)
_case, _settlement = table_of(CaseRow), table_of(SettlementRow)


def load_kept(connection: Connection, household: HouseholdId) -> Mapping[str, list[Row[Any]]]:
    """Read it under a name for each kind, oldest first, of those too that went up in it."""
    members = members_of(household)
    found: dict[str, Select[Any]] = {
        "residents": select(_resident.c.name, _resident.c.added_at)
        .where(_resident.c.household.in_(members))
        .order_by(_resident.c.id),
        "visits": select(_card.c.number, _session.c.made_at)
        .join(_card, _card.c.id == _session.c.card)
        .where(_card.c.household.in_(members))
        .order_by(_session.c.made_at),
        "pin": select(_pin.c.set_at, _pin.c.tries, _pin.c.locked_until)
        .where(_pin.c.household.in_(members))
        .order_by(_pin.c.set_at),
        "allowances": _allowances().where(_allowance.c.household.in_(members)),
        "one_time_codes": select(
            *(_card.c.number, _once.c.made_at, _once.c.is_confirmed),
            _once.c.used_by.is_not(None).label("is_used"),
        )
        .join(_card, _card.c.id == _once.c.card)
        .where(_card.c.household.in_(members))
        .order_by(_once.c.made_at),
        "family_codes": select(_card.c.number, _code.c.by, _code.c.ends_at)
        .join(_card, _card.c.id == _code.c.card)
        .where(_card.c.household.in_(members))
        .order_by(_code.c.ends_at),
        "family_tries": select(_try.c.at).where(_try.c.household.in_(members)).order_by(_try.c.id),
        "cases": select(
            *(_case.c.opened_at, _case.c.kind, _settlement.c.settled_at),
            *(_settlement.c.decision, _settlement.c.note),
        )
        .outerjoin(_settlement, _settlement.c.id == _case.c.id)
        .where(_case.c.household.in_(members))
        .order_by(_case.c.id),
    }
    return {kind: list(connection.execute(asked)) for kind, asked in found.items()}


def _allowances() -> Select[Any]:
    told = ("label", "number", "points_max", "spent", "last_day", "is_confirmed")
    chosen = (*told, "made_at", "ended_at")
    return select(*(_allowance.c[name] for name in chosen)).order_by(_allowance.c.id)
