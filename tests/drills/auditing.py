"""Hold the notebooks of clients against the book, operation by operation."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select

from points.domain.access import Credential
from points.domain.finding_words import Language, say_gap
from points.domain.ids import HouseholdId, wallet
from points.service.transactions import snapshot
from points.service.verifying import verify
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.ledger import AccountRow, OperationRow, RequestRow
from tests.drills.ground import EVERYONE, code_of, now
from tests.drills.notebooks import Json, Noted

_operation, _request, _account = table_of(OperationRow), table_of(RequestRow), table_of(AccountRow)


@dataclass(frozen=True, slots=True)
class Audit:
    """What is wrong with the book, by the ids of operations; nothing, if every list is empty."""

    lost: list[str] = field(default_factory=list)
    """Acknowledged, and not in the book."""
    doubled: list[str] = field(default_factory=list)
    """In the book more than once."""
    changed: list[str] = field(default_factory=list)
    """In the book with another result than was told."""
    invented: list[str] = field(default_factory=list)
    """In the book, and never asked for."""
    unsettled: list[str] = field(default_factory=list)
    """Without an answer."""
    balances: list[HouseholdId] = field(default_factory=list)
    """Households that have not what was told to them, all in all."""
    findings: list[str] = field(default_factory=list)
    """What `points verify` finds, or could not check."""

    @property
    def is_clean(self) -> bool:
        return not self.findings

    @property
    def is_whole(self) -> bool:
        return self == Audit()


def audit(database: Database, phone: Credential, noted: Noted) -> Audit:
    """Compare by id, after everything was settled."""
    booked = _booked(database, phone)
    refused = _refused(database, phone)
    answers = noted.answers
    accepted = {key: answer for key, answer in answers.items() if answer["code"] is None}
    final = {
        key: answer for key, answer in answers.items() if answer["code"] and answer["is_final"]
    }
    changed = [key for key, answer in accepted.items() if _differs(booked.get(key, []), answer)]
    changed += [key for key in answers.keys() - accepted.keys() if key in booked]
    changed += [
        key for key, said in final.items() if refused.get(key, said["code"]) != said["code"]
    ]
    return Audit(
        lost=[*(accepted.keys() - booked.keys()), *(final.keys() - refused.keys())],
        doubled=[key for key, rows in booked.items() if len(rows) > 1],
        changed=changed,
        invented=[*(booked.keys() - noted.sent.keys())],
        unsettled=[*(noted.sent.keys() - answers.keys())],
        balances=_wrong_balances(database, noted.sent, accepted),
        findings=_findings(database),
    )


def times_booked(database: Database, phone: Credential, keys: Collection[str]) -> dict[str, int]:
    """Count how often each of these is in the book."""
    booked = _booked(database, phone)
    return {key: len(booked.get(key, [])) for key in keys}


def _findings(database: Database) -> list[str]:
    report = verify(database, now=now())
    told = [f"{count} {code}" for code, count in report.totals.items()]
    return told + [say_gap(gap, Language.EN) for gap in report.gaps]


def _booked(database: Database, phone: Credential) -> dict[str, list[Row[Any]]]:
    found = defaultdict(list)
    with snapshot(database) as connection:
        mine = select(_operation).where(_operation.c.scope == phone.id)
        for row in connection.execute(mine):
            found[row.key].append(row)
    return dict(found)


def _refused(database: Database, phone: Credential) -> dict[str, str]:
    mine = select(_request.c.key, _request.c.reason).where(
        _request.c.scope == phone.id, _request.c.status == "refused"
    )
    with snapshot(database) as connection:
        return {row.key: row.reason for row in connection.execute(mine)}


def _differs(rows: list[Row[Any]], answer: Json) -> bool:
    told = (answer["points"], answer["balance"])
    return any((row.points, row.balance_after) != told for row in rows)


def _wrong_balances(
    database: Database, sent: Mapping[str, Json], accepted: Mapping[str, Json]
) -> list[HouseholdId]:
    """Add up what was told to each household, and look whether it has that."""
    owners = {code_of(household): HouseholdId(household) for household in EVERYONE}
    told = dict.fromkeys(owners.values(), 0)
    for key, answer in accepted.items():
        act = sent[key]
        told[owners[sent[act.get("undoes", key)]["card"]]] += answer["points"]
    with snapshot(database) as connection:
        rows = connection.execute(select(_account.c.id, _account.c.balance))
        kept = {row.id: row.balance for row in rows}
    return [owner for owner, points in told.items() if kept.get(wallet(owner), 0) != points]
