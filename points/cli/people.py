"""Cards and households at the desk: print, freeze, replace, bind, merge, import."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import TaskID

from points.cli.booth import keep_secret
from points.cli.door import DatabaseUrl, book, catalog_of, now, opened, random_bytes, settings
from points.cli.reasons import done, word_row
from points.cli.words import fail, progress_bar, say, words
from points.domain.cards import CardNumber, read_card_number, spoken
from points.domain.ids import CommunityKey, HouseholdId
from points.domain.people import CardRecord, Home, HouseholdRecord
from points.outside.card_sheets import PrintedCard, card_png, card_sheet_parts, card_svg
from points.service.cards import (
    find_by_number,
    freeze_card,
    print_in_parts,
    replace_card,
    thaw_card,
)
from points.service.households import add_card_to_household, bind_card, merge_households
from points.service.imports import ImportRefused, Stage, import_households
from points.service.posting import Book

cards_app = typer.Typer(no_args_is_help=True, help="Print, freeze, replace and bind cards.")
households_app = typer.Typer(no_args_is_help=True, help="Import and merge households.")

Number = Annotated[str, typer.Argument(help="The number printed beside the code: 271 836 504.")]
_STAGES = {
    Stage.READING: ("读表", "reading"),
    Stage.CHECKING: ("核对", "checking"),
    Stage.WRITING: ("写入", "writing"),
}


@cards_app.command("print")
def print_cards(
    *,
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many.")],
    out: Annotated[Path, typer.Option(help="The A4 sheet, an HTML page to print.")],
    images: Annotated[
        Path | None, typer.Option(help="Also one .svg and .png per card in this folder.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make blank cards and a sheet to print; only the sheet knows their codes."""
    chosen = settings(database_url)
    with book(database_url) as opened_book, progress_bar() as bar:
        name = _programme_name(opened_book)
        task = bar.add_task(words("制卡", "cards"), total=count)
        printed: list[PrintedCard] = []
        for part in print_in_parts(
            opened_book.database,
            count,
            now=now(),
            random_bytes=random_bytes,
            public_url=chosen.public_url,
        ):
            printed += part
            bar.advance(task, len(part))
        keep_secret(out, "".join(card_sheet_parts(printed, name)))
        if images is not None:
            _draw_each(printed, images, name)
    say(
        f"{count} 张卡：{out}。请用浏览器打印；印好后删掉这个文件",
        f"{count} cards: {out}. Print it from a browser, then delete the file.",
    )


@cards_app.command()
def show(number: Number, database_url: DatabaseUrl = None) -> None:
    """Tell what is known of a card."""
    with opened(database_url) as database:
        card = find_by_number(database, _number(number))
    if card is None:
        fail("没有这张卡", "There is no such card.")
    _tell_card(card)


@cards_app.command()
def freeze(number: Number, database_url: DatabaseUrl = None) -> None:
    """Stop a lost card at once. Its points stay with the household."""
    with opened(database_url) as database:
        _tell_card(done(freeze_card(database, _number(number), now=now())))


@cards_app.command()
def thaw(number: Number, database_url: DatabaseUrl = None) -> None:
    """Let a card that was found again be used."""
    with opened(database_url) as database:
        _tell_card(done(thaw_card(database, _number(number), now=now())))


@cards_app.command()
def replace(
    number: Number,
    by: Annotated[str, typer.Option(help="The number of the new, blank card.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Give a household a new card for a lost or worn one, which stops for ever."""
    with opened(database_url) as database:
        _tell_card(done(replace_card(database, _number(number), by=_number(by), now=now())))


@cards_app.command()
def bind(
    number: Number,
    *,
    community: Annotated[str, typer.Option(help="The community's id.")],
    door: Annotated[str, typer.Option(help="For example 2-301.")],
    name: Annotated[str | None, typer.Option(help="The name on the door, if it is given.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Bind a card to a household; what it earned before comes along."""
    home = Home(community=CommunityKey(community), door=door, name=name)
    with book(database_url) as opened_book:
        _tell_household(done(bind_card(opened_book, _number(number), home, now=now())))


@cards_app.command()
def add(
    number: Number,
    household: Annotated[int, typer.Option(help="The household's number.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Give a household a further card."""
    with book(database_url) as opened_book:
        added = add_card_to_household(
            opened_book, _number(number), HouseholdId(household), now=now()
        )
        _tell_household(done(added))


@households_app.command()
def merge(
    source: Annotated[int, typer.Argument(help="The household that goes up in the other.")],
    into: Annotated[int, typer.Argument(help="The household that stays.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Let two households be one: points, cards and limits; both histories stay."""
    with book(database_url) as opened_book:
        merged = merge_households(opened_book, HouseholdId(source), HouseholdId(into), now=now())
        _tell_household(done(merged))


@households_app.command("import")
def import_list(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=".csv or .xlsx")],
    database_url: DatabaseUrl = None,
) -> None:
    """Import a list: all of it, or nothing and every row that is wrong."""
    with book(database_url) as opened_book, progress_bar() as bar:
        tasks: dict[Stage, TaskID] = {}

        def on_progress(done: int, total: int | None, stage: Stage) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(words(*_STAGES[stage]), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        result = import_households(
            opened_book, file.read_bytes(), now=now(), on_progress=on_progress
        )
    if isinstance(result, ImportRefused):
        for fault in result.faults:
            print(word_row(fault))
        count = len(result.faults)
        fail(f"{count} 处要改，一行也没有导入", f"{count} faults; nothing was imported.")
    say(
        f"{result.rows} 行：新增 {result.added}，更改 {result.changed}，不变 {result.unchanged}，"
        f"绑卡 {result.cards_bound}",
        f"{result.rows} rows: {result.added} added, {result.changed} changed, "
        f"{result.unchanged} unchanged, {result.cards_bound} cards bound.",
    )
    if result.ignored:
        listed = ", ".join(result.ignored)
        say(f"没有读的列：{listed}", f"Columns left unread: {listed}")


def _number(typed: str) -> CardNumber:
    number = read_card_number(typed)
    if number is None:
        fail(
            f"{typed}：卡号不对，请核对九位数字",
            f"{typed}: this is no card number; check its nine digits.",
            code=2,
        )
    return number


def _tell_card(card: CardRecord) -> None:
    home = f"{card.home.community} {card.home.door}" if card.home else words("未绑定", "not bound")
    say(
        f"卡 {spoken(card.number)}：{card.state}，户 {card.household}（{home}）",
        f"card {spoken(card.number)}: {card.state}, household {card.household} ({home})",
    )


def _tell_household(household: HouseholdRecord) -> None:
    for card in household.cards:
        _tell_card(card)


def _programme_name(opened_book: Book) -> str:
    return catalog_of(opened_book).programme_at(now()).name


def _draw_each(printed: list[PrintedCard], folder: Path, name: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for card in printed:
        keep_secret(folder / f"{card.number}.svg", card_svg(card, name))
        path = folder / f"{card.number}.png"
        keep_secret(path, "")
        path.write_bytes(card_png(card))
