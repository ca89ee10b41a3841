"""Cards and households at the desk: print, freeze, replace, bind, show, merge, import."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now, opened, random_bytes, settings
from points.cli.files import Force, check_called_a_page, new_file, private_folder
from points.cli.lists import read_list
from points.cli.naming import COMMUNITY, find_key, listed
from points.cli.reasons import copy_words, done, word_row
from points.cli.words import MISUSED, Both, fail, progress_by_stage, say, words
from points.domain.cards import CardNumber, read_card_number, spoken
from points.domain.family import in_groups
from points.domain.ids import HouseholdId
from points.domain.people import CardRecord, Home, HouseholdRecord
from points.domain.privacy import masked_name
from points.outside.card_sheets import PrintedCard, card_png, card_sheet_parts, card_svg
from points.service.cards import (
    find_by_number,
    freeze_card,
    print_in_parts,
    replace_card,
    thaw_card,
)
from points.service.confirming import forget_pin, set_pin
from points.service.family import give_code_by_number
from points.service.households import (
    add_card_to_household,
    bind_card,
    find_by_door,
    merge_households,
)
from points.service.imports import ImportRefused, Stage, import_households
from points.service.posting import make_book
from points.storage.engine import Database

cards_app = typer.Typer(no_args_is_help=True, help="Print, freeze, replace and bind cards.")
households_app = typer.Typer(no_args_is_help=True, help="Import, show and merge households.")

Number = Annotated[
    list[str], typer.Argument(help="The number printed beside the code, such as 271 836 501.")
]
Community = Annotated[str, typer.Option(help="The community's id.")]
Door = Annotated[str, typer.Option(help="For example 2-301.")]

_STAGES: Mapping[str, Both] = {
    Stage.READING: ("读表", "reading"),
    Stage.CHECKING: ("核对", "checking"),
    Stage.WRITING: ("写入", "writing"),
}


@cards_app.command("print")
def print_cards(
    *,
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many.")],
    out: Annotated[Path, typer.Option(help="A new file for the A4 sheets: an HTML page to print.")],
    images: Annotated[
        Path | None, typer.Option(help="Also one .svg and .png per card, in this folder.")
    ] = None,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Make blank cards and sheets to print; only these files know their codes."""
    check_called_a_page(out)
    url = settings(database_url).public_url
    with book(database_url) as opened_book, new_file(out, overwrites=force) as file:
        name = catalog_of(opened_book).programme_at(now()).name
        folder = None if images is None else private_folder(images)
        printed = _make_cards(opened_book.database, count, url)
        for part in card_sheet_parts(printed, name):
            file.write(part.encode())
        if folder is not None:
            _draw_each(printed, folder, name)
    say(
        f"✔ {count} 张卡在 {out}。请用浏览器打印，印好后删掉这个文件",
        f"✔ {count} cards in {out}. Print it from a browser, then delete the file.",
    )


@cards_app.command()
def show(number: Number, database_url: DatabaseUrl = None) -> None:
    """Tell what is known of a card."""
    read = read_number(number)
    with opened(database_url) as database:
        card = find_by_number(database, read)
    if card is None:
        fail("没有这张卡", "There is no such card.")
    _tell_card(card)


@cards_app.command()
def freeze(number: Number, database_url: DatabaseUrl = None) -> None:
    """Stop a lost card at once. Its points stay with the household."""
    # Whatever the clock shows: a finder does not wait until it is set, and freezing can be undone.
    with opened(database_url) as database:
        _tell_card(done(freeze_card(database, read_number(number), now=now())))


@cards_app.command()
def thaw(number: Number, database_url: DatabaseUrl = None) -> None:
    """Let a card that was found again be used."""
    with book(database_url) as opened_book:
        _tell_card(done(thaw_card(opened_book.database, read_number(number), now=now())))


@cards_app.command()
def replace(
    number: Number,
    *,
    by: Annotated[str, typer.Option(help="The number of the new, blank card.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Give a household a new card for a lost or worn one, which stops for ever."""
    old, new = read_number(number), read_number([by])
    with book(database_url) as opened_book:
        _tell_card(done(replace_card(opened_book.database, old, by=new, now=now())))


@cards_app.command()
def pin(
    number: Number,
    *,
    forget: Annotated[
        bool, typer.Option("--forget", help="Take the household's PIN away instead.")
    ] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Set the PIN of a card's household: six digits, typed twice by whoever it belongs to."""
    read = read_number(number)
    with book(database_url) as opened_book:
        database = opened_book.database
        if forget:
            household = done(forget_pin(database, read))
            say(f"✔ 户 {household} 没有密码了", f"✔ household {household} has no PIN now.")
            return
        typed = _typed_twice()
        household = done(set_pin(database, read, typed, now=now(), random_bytes=random_bytes))
    say(f"✔ 户 {household} 的密码设好了", f"✔ the PIN of household {household} is set.")


@cards_app.command()
def bind(
    number: Number,
    *,
    community: Community,
    door: Door,
    name: Annotated[str | None, typer.Option(help="The name on the door, if it is given.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Bind a card to a household; what it earned before comes along."""
    with book(database_url) as opened_book:
        key = find_key(catalog_of(opened_book).communities, community, COMMUNITY)
        home = Home(community=key, door=door, name=name)
        _tell_household(done(bind_card(opened_book, read_number(number), home, now=now())))


@cards_app.command()
def code(number: Number, database_url: DatabaseUrl = None) -> None:
    """Give a code by which a household takes the card in, or lets it go, on its own page."""
    read = read_number(number)
    with book(database_url) as opened_book:
        given = done(
            give_code_by_number(opened_book.database, read, now=now(), random_bytes=random_bytes)
        )
    said, until = in_groups(given.code), f"{given.ends_at.astimezone():%H:%M}"
    say(
        f"✔ 卡 {spoken(given.number)} 的家人短码：{said}（{until} 前有效，只能用一次）",
        f"✔ family code for card {spoken(given.number)}: {said} (until {until}, good once)",
    )


@cards_app.command()
def add(
    number: Number,
    *,
    household: Annotated[int, typer.Option(min=1, help="The household's number.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Give a household a further card."""
    with book(database_url) as opened_book:
        added = add_card_to_household(
            opened_book, read_number(number), HouseholdId(household), now=now()
        )
        _tell_household(done(added))


@households_app.command("show")
def show_household(
    *,
    community: Community,
    door: Door,
    database_url: DatabaseUrl = None,
) -> None:
    """Tell which household lives behind a door, and its cards."""
    with opened(database_url) as database:
        communities = catalog_of(make_book(database, now)).communities
        household = find_by_door(database, find_key(communities, community, COMMUNITY), door)
    if household is None:
        fail("这个门牌没有登记住户", "No household is known behind this door.")
    _tell_household(household)


@households_app.command()
def merge(
    source: Annotated[int, typer.Argument(min=1, help="The household that goes up in the other.")],
    into: Annotated[int, typer.Argument(min=1, help="The household that stays.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Let two households be one: points, cards and limits; both histories stay."""
    with book(database_url) as opened_book:
        merged = merge_households(opened_book, HouseholdId(source), HouseholdId(into), now=now())
        _tell_household(done(merged))


@households_app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(help="A .csv or .xlsx file.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Import a list: all of it, or nothing and every row that is wrong.

    Its first row names the columns, in any order and in either language: community and door, and
    where they are known name and cards (numbers of cards, with commas between them).
    """
    content = read_list(file)
    with book(database_url) as opened_book, progress_by_stage(_STAGES) as tell:
        catalog_of(opened_book)
        result = import_households(opened_book, content, now=now(), on_progress=tell)
    if isinstance(result, ImportRefused):
        for fault in result.faults:
            print(word_row(fault))
        count = len(result.faults)
        fail(f"✘ {count} 处要改，一行也没有导入", f"✘ Faults: {count}. Nothing was imported.")
    say(
        f"✔ {result.rows} 行：新增 {result.added}，更改 {result.changed}，"
        f"不变 {result.unchanged}，绑卡 {result.cards_bound}",
        f"✔ {result.rows} rows: {result.added} added, {result.changed} changed, "
        f"{result.unchanged} unchanged, {result.cards_bound} cards bound.",
    )
    if result.ignored:
        names = listed(result.ignored)
        say(f"没有读的列：{names}", f"Columns left unread: {names}")


def _make_cards(database: Database, count: int, url: str | None) -> list[PrintedCard]:
    printed: list[PrintedCard] = []
    with progress_by_stage({"": ("制卡", "cards")}) as tell:
        for part in print_in_parts(
            database, count, now=now(), random_bytes=random_bytes, public_url=url
        ):
            printed += part
            tell(len(printed), count, "")
    return printed


def _draw_each(printed: list[PrintedCard], folder: Path, name: str) -> None:
    with progress_by_stage({"": ("画图", "pictures")}) as tell:
        for done_so_far, card in enumerate(printed, start=1):
            with new_file(folder / f"{card.number}.svg", overwrites=True) as file:
                file.write(card_svg(card, name).encode())
            with new_file(folder / f"{card.number}.png", overwrites=True) as file:
                file.write(card_png(card))
            tell(done_so_far, len(printed), "")


def read_number(typed: Sequence[str]) -> CardNumber:
    """Read a number, whether its groups were typed apart or together."""
    number = read_card_number("".join(typed))
    if number is None:
        said = " ".join(typed)
        fail(
            f"{said}：卡号不对，请核对九位数字",
            f"{said}: this is no card number; check its nine digits.",
            code=MISUSED,
        )
    return number


def typed_pin() -> str:
    """Read a PIN without showing it; as an argument it would be seen on this machine."""
    return str(typer.prompt(words("六位密码", "PIN, six digits"), hide_input=True, err=True))


def _typed_twice() -> str:
    first = typed_pin()
    again = typer.prompt(words("再输一次", "Once more"), hide_input=True, err=True)
    if first != again:
        fail("两次输得不一样", "They were not the same.", code=MISUSED)
    return first


def _tell_card(card: CardRecord) -> None:
    by = (
        words(f"（换成 {card.replaced_by}）", f" by {card.replaced_by}") if card.replaced_by else ""
    )
    state = f"{copy_words().code(card.state)}{by}"
    say(
        f"卡 {spoken(card.number)}：{state}，{_home(card.household, card.home)}",
        f"card {spoken(card.number)}: {state}, {_home(card.household, card.home)}",
    )


def _tell_household(household: HouseholdRecord) -> None:
    print(_home(household.id, household.home))
    for card in household.cards:
        _tell_card(card)


def _home(household: HouseholdId, home: Home | None) -> str:
    door = words("没有绑定", "not bound")
    if home is not None:
        door = " ".join(filter(None, (home.community, home.door, masked_name(home.name or ""))))
    return words(f"户 {household}（{door}）", f"household {household} ({door})")
