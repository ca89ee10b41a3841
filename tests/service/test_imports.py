"""Lists of households: all rows or none, every fault named, the same list twice changes nothing."""

import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Connection

from points.domain.ids import CardId, CommunityKey, HouseholdId
from points.domain.people import Home
from points.domain.sheets import Column, RowFault, RowReason
from points.outside.card_sheets import PrintedCard
from points.service import imports as service
from points.service.cards import freeze_card
from points.service.households import bind_card, find_by_door
from points.service.imports import Imported, ImportRefused, Stage, import_households
from points.service.posting import Book
from points.storage.cards import move_cards
from points.storage.engine import Database
from tests.desk import (
    NOBODYS_NUMBER,
    balance_after,
    everything,
    print_blank,
    record,
    scan,
    wait_until_blocked,
)
from tests.market import NOW, QINGSHUI, SHIJI, SORTING
from tests.save import open_market

HEADER = ("居民区", "门牌", "姓名", "卡号")
NOTHING = Imported(rows=0, added=0, changed=0, unchanged=0, cards_bound=0, ignored=())


@pytest.fixture
def book(database: Database) -> Book:
    return open_market(database)


def csv(*rows: tuple[str, ...], encoding: str = "utf-8") -> bytes:
    return "".join(",".join(row) + "\n" for row in (HEADER, *rows)).encode(encoding)


def xlsx(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in (HEADER, *rows):
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def load(book: Book, *rows: tuple[str, ...]) -> Imported | ImportRefused:
    return import_households(book, csv(*rows), now=NOW)


def name_at(book: Book, community: CommunityKey, door: str) -> str | None:
    found = find_by_door(book.database, community, door)
    assert found is not None
    assert found.home is not None
    return found.home.name


def cards_at(book: Book, door: str) -> list[str]:
    found = find_by_door(book.database, SHIJI.key, door)
    assert found is not None
    return [card.number for card in found.cards]


def reasons(result: Imported | ImportRefused) -> list[tuple[int, Column | None, RowReason]]:
    assert isinstance(result, ImportRefused), result
    return [(fault.row, fault.column, fault.reason) for fault in result.faults]


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "xlsx"])
def test_names_survive_from_any_kind_of_file(book: Book, form: str) -> None:
    rows = (
        ("世纪同乐", "2-301", "周杰·木拉提", ""),
        ("清水湾", "64-101", "杨𬭚", ""),
        ("shiji", "301", "", ""),
    )
    content = xlsx(*rows) if form == "xlsx" else csv(*rows, encoding=form)

    result = import_households(book, content, now=NOW)

    assert result == Imported(rows=3, added=3, changed=0, unchanged=0, cards_bound=0, ignored=())
    assert name_at(book, SHIJI.key, "2-301") == "周杰·木拉提"
    assert name_at(book, QINGSHUI.key, "64-101") == "杨𬭚"
    assert name_at(book, SHIJI.key, "301") is None


def test_a_workbook_may_keep_doors_and_card_numbers_as_numbers(book: Book) -> None:
    card = print_blank(book.database, 1)[0]

    import_households(book, xlsx(("世纪同乐", 301, "王伟", int(card.number))), now=NOW)

    assert cards_at(book, "301") == [card.number]


def test_cards_come_with_all_that_they_earned(book: Book) -> None:
    cards = print_blank(book.database, 4)
    for card in cards[:3]:
        scan(book, card)
    listed = " ".join(card.number for card in cards[:2])

    result = load(book, ("shiji", "1", "王伟", listed), ("shiji", "2", "李娜", cards[2].number))
    more = load(book, ("shiji", "1", "王伟", listed + "、" + cards[3].number))

    assert result == Imported(rows=2, added=2, changed=0, unchanged=0, cards_bound=3, ignored=())
    assert more == Imported(rows=1, added=0, changed=1, unchanged=0, cards_bound=1, ignored=())
    assert balance_after(scan(book, cards[0], SORTING.key)) == 30
    assert balance_after(scan(book, cards[2], SORTING.key)) == 20
    assert len(cards_at(book, "1")) == 3


def test_a_card_that_earned_comes_to_a_household_that_is_known(book: Book) -> None:
    first, second = print_blank(book.database, 2)
    load(book, ("shiji", "1", "", first.number))
    scan(book, first)
    scan(book, second)

    result = load(book, ("shiji", "1", "王伟", second.number))

    assert result == Imported(rows=1, added=0, changed=1, unchanged=0, cards_bound=1, ignored=())
    assert balance_after(scan(book, second, SORTING.key)) == 30
    assert name_at(book, SHIJI.key, "1") == "王伟"


def test_the_same_file_twice_changes_nothing(book: Book) -> None:
    cards = print_blank(book.database, 3)
    for card in cards[:2]:
        scan(book, card)
    rows = (
        ("shiji", "1", "王伟", f"{cards[0].number} {cards[1].number}"),
        ("shiji", "2", "李娜", cards[2].number),
        ("qingshui", "1", "赵敏", ""),
    )
    load(book, *rows)
    before = everything(book.database)

    again = load(book, *rows)

    assert again == Imported(rows=3, added=0, changed=0, unchanged=3, cards_bound=0, ignored=())
    assert everything(book.database) == before


def test_every_bad_row_is_named_and_no_row_is_imported(book: Book) -> None:
    bound, frozen, blank = print_blank(book.database, 3)
    bind_card(book, bound.number, Home(community=SHIJI.key, door="9", name="李娜"), now=NOW)
    freeze_card(book.database, frozen.number, now=NOW)
    before = everything(book.database)

    result = load(
        book,
        ("shiji", "1", "王伟", blank.number),
        ("丹丰", "2", "", ""),
        ("shiji", "", "", ""),
        ("shiji", "1", "", ""),
        ("shiji", "9", "李芳", ""),
        ("shiji", "3", "", NOBODYS_NUMBER),
        ("shiji", "4", "", bound.number),
        ("shiji", "5", "", frozen.number),
        ("shiji", "6", "", "123456789"),
        ("shiji", "7", "=cmd", ""),
    )

    assert reasons(result) == [
        (3, Column.COMMUNITY, RowReason.COMMUNITY_UNKNOWN),
        (4, Column.DOOR, RowReason.DOOR_MISSING),
        (5, Column.DOOR, RowReason.DUPLICATE_IN_FILE),
        (6, Column.NAME, RowReason.DIFFERS_FROM_DATABASE),
        (7, Column.CARDS, RowReason.CARD_UNKNOWN),
        (8, Column.CARDS, RowReason.CARD_BOUND),
        (9, Column.CARDS, RowReason.CARD_STOPPED),
        (10, Column.CARDS, RowReason.NUMBER_INVALID),
        (11, Column.NAME, RowReason.FORMULA),
    ]
    assert everything(book.database) == before


def test_a_file_that_is_no_list_is_named(book: Book) -> None:
    unreadable = [import_households(book, content, now=NOW) for content in (b"%PDF", b"")]

    assert unreadable == [
        ImportRefused(faults=(RowFault(row=1, reason=RowReason.NOT_A_TABLE),)),
        ImportRefused(faults=(RowFault(row=1, reason=RowReason.EMPTY_LIST),)),
    ]


def test_a_list_with_nobody_on_it_changes_nothing(book: Book) -> None:
    assert load(book) == NOTHING


def test_columns_left_unread_are_named(book: Book) -> None:
    content = "居民区,门牌,电话\nshiji,1,13900000000\n".encode()

    result = import_households(book, content, now=NOW)

    assert isinstance(result, Imported)
    assert result.ignored == ("电话",)
    assert "13900000000" not in repr(everything(book.database))


def test_progress_is_told_stage_by_stage(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_PART", 2)
    told: list[tuple[int, int | None, Stage]] = []
    rows = [("shiji", str(number), "", "") for number in range(3)]

    import_households(
        book, csv(*rows), now=NOW, on_progress=lambda *progress: told.append(progress)
    )

    assert told == [
        (2, None, Stage.READING),
        (4, None, Stage.READING),
        (4, 4, Stage.READING),
        (2, 3, Stage.CHECKING),
        (3, 3, Stage.CHECKING),
        (2, 3, Stage.WRITING),
        (3, 3, Stage.WRITING),
    ]


@pytest.mark.parametrize("step", ["settle_households", "move_cards", "post_all"])
def test_a_crash_half_way_leaves_nothing_and_a_second_try_heals(
    book: Book, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    cards = print_blank(book.database, 3)
    scan(book, cards[0])
    scan(book, cards[1])
    rows = (
        ("shiji", "1", "王伟", " ".join(card.number for card in cards)),
        ("shiji", "2", "李娜", ""),
    )
    before = everything(book.database)

    def crash(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(service, step, crash)
        with pytest.raises(SystemExit):
            load(book, *rows)
    assert everything(book.database) == before

    assert load(book, *rows) == Imported(
        rows=2, added=2, changed=0, unchanged=0, cards_bound=3, ignored=()
    )
    assert balance_after(scan(book, cards[2], SORTING.key)) == 30


def test_what_changed_between_checking_and_writing_is_seen(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the desk somebody binds a card of the list just after the list was checked."""
    card = print_blank(book.database, 1)[0]
    home = Home(community=SHIJI.key, door="9", name="李娜")
    whole = service._write_whole

    def bind_first(*args: object, **given: object) -> Imported | ImportRefused:
        bind_card(book, card.number, home, now=NOW)
        return whole(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "_write_whole", bind_first)

    result = load(book, ("shiji", "1", "王伟", card.number))

    assert reasons(result) == [(2, Column.CARDS, RowReason.CARD_BOUND)]
    assert find_by_door(book.database, SHIJI.key, "1") is None


def test_a_card_scanned_while_its_list_is_written_brings_its_points(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both cards of a row are unused when checked; one earns before it can be held."""
    first, second = print_blank(book.database, 2)
    whole = service._write_whole

    def scan_first(*args: object, **given: object) -> Imported | ImportRefused:
        scan(book, second)
        return whole(*args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(service, "_write_whole", scan_first)

    load(book, ("shiji", "1", "王伟", f"{first.number} {second.number}"))

    assert (
        record(book.database, first.number).household
        == record(book.database, second.number).household
    )
    assert balance_after(scan(book, first, SORTING.key)) == 20


def test_a_scan_at_the_same_moment_waits_and_lands_in_the_household_of_the_list(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = print_blank(book.database, 2)

    with ThreadPoolExecutor() as booths:
        scans = []

        def move_while_scanned(connection: Connection, moved: Mapping[CardId, HouseholdId]) -> None:
            scans.append(booths.submit(scan, book, second))
            wait_until_blocked(book.database)
            move_cards(connection, moved)

        monkeypatch.setattr(service, "move_cards", move_while_scanned)
        load(book, ("shiji", "1", "王伟", f"{first.number} {second.number}"))
        assert balance_after(scans[0].result()) == 10

    assert balance_after(scan(book, first, SORTING.key)) == 20


def test_two_imports_of_one_list_at_once_write_it_once(book: Book) -> None:
    cards: list[PrintedCard] = print_blank(book.database, 40)
    rows = [
        ("shiji", str(number), "王伟", f"{one.number} {two.number}")
        for number, (one, two) in enumerate(zip(cards[::2], cards[1::2], strict=True))
    ]

    with ThreadPoolExecutor(2) as desks:
        results = list(desks.map(lambda _: load(book, *rows), range(2)))

    assert all(isinstance(result, Imported) for result in results), results
    assert sum(result.added for result in results if isinstance(result, Imported)) == 20
    assert load(book, *rows) == Imported(
        rows=20, added=0, changed=0, unchanged=20, cards_bound=0, ignored=()
    )
