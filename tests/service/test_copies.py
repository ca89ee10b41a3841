"""A household's copy holds all that is kept of it: each table that points at it, or why not."""

import csv
import re
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from sqlalchemy import Table
from sqlmodel import SQLModel

from points import storage
from points.domain.allowances import Terms
from points.domain.cases import CaseKind, NewCase
from points.domain.consents import PAGE
from points.domain.exports import Export, export_csv, export_json
from points.domain.ids import CredentialId
from points.domain.notices import notice_of
from points.service.allowances import MadeAllowance, make_allowance
from points.service.confirming import Giver, MadeCode, make_code, set_pin
from points.service.consents import agree
from points.service.family import Given, add_by_code, give_code_by_number
from points.service.privacy import export_household
from points.service.transactions import transaction
from points.service.visits import Opened, Shown, open_visit
from points.storage.cases import open_case
from points.storage.engine import Database
from points.web.copies import CopyWords
from points.web.wording import Language
from tests.desk import Dice, print_blank, record, scan
from tests.engines import ON_SQLITE
from tests.market import DAY, NOW, PROGRAMME
from tests.save import open_market

PIN = "246813"
SECTIONS = {
    "household": "household",
    "resident": "residents",
    "card": "cards",
    "operation": "statement",
    "lot": "points",
    "consent": "consents",
    "desk_act": "acts",
    "allowance": "allowances",
    "pin": "pin",
    "resident_session": "visits",
    "one_time_code": "one_time_codes",
    "family_code": "family_codes",
    "family_try": "family_tries",
    "cases": "cases",
}
"""Which section of the copy tells what a table holds of a household."""

NOT_IN_IT: dict[str, str] = {
    "entry": "how the book writes down what the statement tells: the same points, from both ends"
}
POINTERS = {"household", "resident", "card", "account", "debit", "merged_into", "allowance"}


def tables() -> list[Table]:
    for module in iter_modules(storage.__path__):
        import_module(f"{storage.__name__}.{module.name}")
    return SQLModel.metadata.sorted_tables


def is_of_a_household(table: Table) -> bool:
    targets = {key.column.table.name for column in table.columns for key in column.foreign_keys}
    named = {column.name for column in table.columns}
    return bool(targets & {"household", "resident", "card", "allowance"} or named & POINTERS)


@pytest.fixture
def copy(database: Database) -> Export:
    """What a household is given that did all that leaves a trace."""
    book = open_market(database)
    [card] = print_blank(database, 1)
    scan(book, card)
    household = record(database, card.number).household
    agree(book, household, notice_of(PROGRAMME).version, by=PAGE, now=NOW)
    set_pin(database, card.number, PIN, now=NOW, random_bytes=Dice())
    terms = Terms(label="孙女", points_max=5, last_day=DAY + timedelta(days=7))
    giver = Giver(household=household, pin=PIN)
    allowed = make_allowance(book, giver, terms, now=NOW, random_bytes=Dice(2))
    once = make_code(database, card.number, now=NOW, random_bytes=Dice(3))
    visit = open_visit(database, Shown(card.code, "::1"), now=NOW, random_bytes=Dice(4))
    given = give_code_by_number(database, card.number, now=NOW, random_bytes=Dice(5))
    add_by_code(book, household, "0000 0000", now=NOW)
    with transaction(database) as connection:
        case = NewCase(
            kind=CaseKind.OVERSPENT,
            reference="overspent:1",
            device=CredentialId("device:1"),
            household=household,
        )
        open_case(connection, case, at=NOW)
        people = SQLModel.metadata.tables["resident"]
        connection.execute(people.insert().values(household=household, added_at=NOW))
    kinds = [type(one) for one in (allowed, once, visit, given)]
    assert kinds == [MadeAllowance, MadeCode, Opened, Given]
    found = export_household(book, household, by=PAGE, now=NOW)
    assert isinstance(found, Export), found
    return found


@ON_SQLITE
def test_every_table_that_points_at_a_household_is_told_of_or_says_why_not(copy: Export) -> None:
    theirs = {table.name for table in tables() if is_of_a_household(table)}
    told = {section.key: section.rows for section in copy.sections}

    assert theirs == set(SECTIONS) | set(NOT_IN_IT)
    assert [key for key in SECTIONS.values() if not told[key]] == []
    assert set(told) == set(SECTIONS.values())


def test_that_there_is_a_secret_is_told_and_since_when_and_never_the_secret(copy: Export) -> None:
    told = {section.key: section.rows for section in copy.sections}

    assert told["pin"] == ((NOW, 0, None),)
    [[label, _, points, spent, day, confirmed, made_at, ended_at]] = told["allowances"]
    assert (label, points, spent, day) == ("孙女", 5, 0, "2019-12-12")
    assert (confirmed, made_at, ended_at) == (1, NOW, None)
    [[number, made_at, confirmed, used]] = told["one_time_codes"]
    assert (made_at, confirmed, used) == (NOW, 0, 0)
    assert told["visits"] == ((number, NOW),)
    assert told["family_tries"] == ((NOW,),)
    assert told["residents"] == ((None, NOW),)
    secret = {"salt", "hash", "seal", "sealed_code", "fingerprint", "sealing_key", "sealed_tag"}
    assert not secret & {key for section in copy.sections for key in section.columns}
    for written in (export_json(copy), export_csv(copy, CopyWords(Language.CHINESE))):
        assert PIN not in written


@pytest.mark.parametrize("language", Language)
def test_people_read_it_in_words_of_their_language_and_no_code(
    copy: Export, language: Language
) -> None:
    rows = [*csv.reader(export_csv(copy, CopyWords(language)).splitlines())]
    cells = {cell for row in rows for cell in row}
    chinese = language is Language.CHINESE

    assert cells >= ({"明细", "加分", "有效"} if chinese else {"Statement", "earned", "active"})
    assert [one for one in cells if re.fullmatch(r"(\w+:)?[a-z]+_[a-z_]+|earn|page", one)] == []
    assert not cells & ({"earned", "active"} if chinese else {"明细", "加分", "有效", "是", "否"})
