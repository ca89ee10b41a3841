"""A household is given all that is kept of it, erased, or forgotten; the book stays."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from points.domain.access import OPERATOR
from points.domain.consents import PAGE
from points.domain.desk import NotDone
from points.domain.exports import Export, Named, export_csv, export_json
from points.domain.ids import HouseholdId
from points.domain.notices import notice_of
from points.domain.outcomes import Refusal
from points.domain.people import Home, HouseholdRecord
from points.domain.verifying import Result
from points.outside.card_sheets import PrintedCard
from points.service.consents import agree, read_consents
from points.service.family import read_household
from points.service.households import bind_card, find_by_door
from points.service.posting import Book
from points.service.privacy import (
    Forgotten,
    erase_household,
    export_household,
    finish_erasing,
    forget_old,
    scrub_erased,
)
from points.service.programmes import load_programme
from points.service.transactions import snapshot, transaction
from points.service.verifying import verify
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.people import ResidentRow
from points.web.copies import CopyWords
from points.web.wording import Language
from tests.desk import balance_after, everything, make_file, print_blank, record, scan
from tests.engines import ON_POSTGRESQL, ON_SQLITE
from tests.market import NOW, PROGRAMME, SHIJI, SORTING
from tests.save import open_market

BY = OPERATOR.id
DOOR, NAME, SENIOR = "Block-9-7701", "Wang-the-Unforgotten", "Grandmother-of-Wang"
HOME = Home(community=SHIJI.key, door=DOOR, name=NAME)
NOTICE = notice_of(PROGRAMME).version
NOBODY = HouseholdId(999_999)
LATER = NOW + timedelta(days=PROGRAMME.forget_days + 1)


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


@pytest.fixture
def cards(book: Book) -> list[PrintedCard]:
    """Two cards of a household that told all that it could, the second with a past of its own."""
    printed = print_blank(book.database, 2)
    for card in printed:
        scan(book, card)
        bind_card(book, card.number, HOME, now=NOW)
    household = home_of(book, printed)
    resident = table_of(ResidentRow)
    with transaction(book.database) as connection:
        connection.execute(resident.insert().values(household=household, name=SENIOR, added_at=NOW))
    agree(book, household, NOTICE, by=PAGE, now=NOW)
    return printed


def home_of(book: Book, cards: list[PrintedCard]) -> HouseholdId:
    return record(book.database, cards[0].number).household


def exported(book: Book, household: HouseholdId) -> Export:
    found = export_household(book, household, by=BY, now=NOW)
    assert isinstance(found, Export), found
    return found


def test_a_household_is_given_all_that_is_kept_of_it(book: Book, cards: list[PrintedCard]) -> None:
    household = home_of(book, cards)

    told = {section.key: section.rows for section in exported(book, household).sections}

    community = Named(code=SHIJI.key, name=SHIJI.name, name_en=SHIJI.name_en)
    assert told["household"] == ((household, community, DOOR, None, NAME),)
    assert told["residents"] == ((SENIOR, NOW),)
    assert told["cards"] == tuple(
        (card.number, "active", NOW, None, None) for card in sorted(cards, key=lambda it: it.number)
    )
    assert told["consents"] == ((NOTICE, NOW, "page", None),)
    assert told["acts"] == ((NOW, "exported", "operator:cli"),)
    assert [row[0] for row in told["points"]] == [20]
    assert [row[1] for row in told["statement"]].count("earn") == 2


def test_what_is_given_names_the_household_in_both_forms(
    book: Book, cards: list[PrintedCard]
) -> None:
    told = exported(book, home_of(book, cards))

    for written in (export_json(told), export_csv(told, CopyWords(Language.CHINESE))):
        assert [word for word in (DOOR, NAME, SENIOR, "签到") if word not in written] == []


@ON_SQLITE  # a server's files are not ours to read
def test_what_is_erased_is_in_no_byte_of_the_database(
    book: Book, cards: list[PrintedCard], tmp_path: Path
) -> None:
    words = [word.encode() for word in (DOOR, NAME, SENIOR)]
    assert set(words) == words_in(tmp_path, words)

    erase_household(book.database, home_of(book, cards), by=BY, now=NOW)
    assert scrub_erased(book.database)

    assert words_in(tmp_path, words) == set()


def test_what_somebody_still_reads_is_let_go_as_soon_as_nobody_does(
    book: Book, cards: list[PrintedCard], tmp_path: Path
) -> None:
    words = [word.encode() for word in (DOOR, NAME, SENIOR)]
    with snapshot(book.database) as reader:
        reader.execute(table_of(ResidentRow).select()).all()
        erase_household(book.database, home_of(book, cards), by=BY, now=NOW)
        while_read = finish_erasing(book.database)
        left = words_in(tmp_path, words)

    assert not while_read
    assert finish_erasing(book.database)
    if book.database.is_sqlite:
        assert (left, words_in(tmp_path, words)) == (set(words), set())


@ON_POSTGRESQL
def test_what_is_erased_is_in_no_byte_of_the_tables_that_name_people(
    book: Book, cards: list[PrintedCard]
) -> None:
    words = [word.encode() for word in (DOOR, NAME, SENIOR)]
    assert set(words) == words_in_tables(book.database, words)

    erase_household(book.database, home_of(book, cards), by=BY, now=NOW)
    assert scrub_erased(book.database)

    assert words_in_tables(book.database, words) == set()


def words_in_tables(database: Database, words: list[bytes]) -> set[bytes]:
    """Read what the server keeps of two tables on its disk."""
    file = "SELECT pg_read_binary_file(pg_relation_filepath('{}'))"
    with database.writer.connect() as connection:
        connection.exec_driver_sql("CHECKPOINT")
        found = [
            bytes(connection.exec_driver_sql(file.format(table)).scalar_one())
            for table in ("household", "resident")
        ]
    return {word for word in words if any(word in one for one in found)}


def words_in(folder: Path, words: list[bytes]) -> set[bytes]:
    written = b"".join(path.read_bytes() for path in folder.glob("points.db*"))
    return {word for word in words if word in written}


def test_points_cards_and_proofs_stay_when_people_are_erased(
    book: Book, cards: list[PrintedCard]
) -> None:
    household = home_of(book, cards)
    before = everything(book.database)

    erased = erase_household(book.database, household, by=BY, now=NOW)

    assert isinstance(erased, HouseholdRecord)
    assert (erased.id, erased.home, erased.building) == (household, None, None)
    assert find_by_door(book.database, SHIJI.key, DOOR) is None
    after = everything(book.database)
    changed = {name for name, rows in after.items() if rows != before[name]}
    assert changed == {"household", "resident", "consent", "desk_act"}
    assert verify(book.database, now=NOW).result is Result.CLEAN
    assert balance_after(scan(book, cards[1], SORTING.key)) == 30
    [consent] = read_consents(book.database, household)
    assert consent.withdrawn_at == NOW


def test_another_household_keeps_its_name(book: Book, cards: list[PrintedCard]) -> None:
    [other] = print_blank(book.database, 1, seed=7)
    home = replace(HOME, door="2-302")
    bind_card(book, other.number, home, now=NOW)

    erase_household(book.database, home_of(book, cards), by=BY, now=NOW)

    found = read_household(book.database, record(book.database, other.number).household)
    assert found is not None
    assert found.home == home


def test_who_is_not_there_is_neither_given_anything_nor_erased(book: Book) -> None:
    unknown = NotDone(reason=Refusal.HOUSEHOLD_UNKNOWN)

    assert export_household(book, NOBODY, by=BY, now=NOW) == unknown
    assert erase_household(book.database, NOBODY, by=BY, now=NOW) == unknown


def test_households_that_went_quiet_are_forgotten_and_the_others_are_not(
    book: Book, cards: list[PrintedCard]
) -> None:
    [lately] = print_blank(book.database, 1, seed=7)
    home = replace(HOME, door="2-302")
    bind_card(book, lately.number, home, now=NOW)
    agree(book, record(book.database, lately.number).household, NOTICE, by=PAGE, now=LATER)

    early = forget_old(book, by=BY, now=LATER - timedelta(days=2))
    found = [forget_old(book, by=BY, now=LATER) for _ in range(2)]

    # Wang, Li and Zhao have a community, were there long before, and never did anything.
    assert early == Forgotten(households=3, holders=0)
    assert [one.households for one in found] == [1, 0]
    assert find_by_door(book.database, SHIJI.key, DOOR) is None
    assert find_by_door(book.database, SHIJI.key, "2-302") is not None
    assert verify(book.database, now=LATER).result is Result.CLEAN


def test_a_programme_that_keeps_everything_forgets_nobody(
    book: Book, cards: list[PrintedCard]
) -> None:
    load_programme(book, make_file(replace(PROGRAMME, forget_days=0)), now=NOW)
    with snapshot(book.database) as connection:
        assert book.catalogs.current(connection).programme_at(LATER).forget_days == 0

    assert forget_old(book, by=BY, now=LATER) == Forgotten(households=0, holders=0)
