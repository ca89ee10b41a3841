"""Personal data at the desk: the notice and who agreed, what is kept, and erasing it."""

from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now
from points.cli.files import Force, new_file
from points.cli.reasons import copy_words, done
from points.cli.statement import find_owner
from points.cli.words import MISUSED, fail, note, say
from points.domain.access import OPERATOR
from points.domain.exports import export_csv, export_json
from points.domain.ids import HouseholdId
from points.service.consents import agree, notice_today
from points.service.posting import Book
from points.service.privacy import erase_household, export_household, forget_old, scrub_erased

app = typer.Typer(no_args_is_help=True, help="Personal data: agreed to, given out, erased.")

Number = Annotated[list[str] | None, typer.Argument(help="The number of any of its cards.")]
Household = Annotated[
    int | None, typer.Option(min=1, help="The household's number, in place of a card's.")
]
Later = Annotated[
    bool, typer.Option("--later", help="Leave the rewriting of the file for the next time.")
]


@app.command()
def notice(database_url: DatabaseUrl = None) -> None:
    """Show the notice that people are told today, and its version."""
    with book(database_url) as opened_book:
        catalog_of(opened_book)
        told = notice_today(opened_book, now=now())
    print(told.text)
    if told.text_en:
        print(told.text_en)
    say(f"版本 {told.version}", f"version {told.version}")


@app.command("agree")
def agree_at_desk(
    number: Number = None, *, household: Household = None, database_url: DatabaseUrl = None
) -> None:
    """Note that a household has heard today's notice at the desk and agreed to it."""
    with book(database_url) as opened_book:
        owner = _owner(opened_book, number, household)
        version = notice_today(opened_book, now=now()).version
        done(agree(opened_book, owner, version, by=OPERATOR.id, now=now()))
    say(
        f"✔ 户 {owner} 同意了告知书（版本 {version}）",
        f"✔ household {owner} agreed to the notice (version {version}).",
    )


@app.command("export")
def export(
    number: Number = None,
    *,
    out: Annotated[Path, typer.Option(help="A new .json file, or .csv for people to read.")],
    household: Household = None,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Write down all that is kept of a household, for the household."""
    form = out.suffix.lower()
    if form not in (".json", ".csv"):
        fail(f"{out}：请写成 .json 或 .csv", f"{out}: call it .json or .csv.", code=MISUSED)
    with book(database_url) as opened_book:
        owner = _owner(opened_book, number, household)
        with new_file(out, overwrites=force) as file:
            told = done(export_household(opened_book, owner, by=OPERATOR.id, now=now()))
            written = export_json(told) if form == ".json" else export_csv(told, copy_words())
            file.write(written.encode())
    say(
        f"✔ 户 {owner} 的全部记录在 {out}。交给本人后请删掉",
        f"✔ all that is kept of household {owner} is in {out}. Hand it over, then delete it.",
    )


@app.command()
def erase(
    number: Number = None,
    *,
    household: Household = None,
    later: Later = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Erase all that names the people of a household. Points, cards and the book stay."""
    with book(database_url) as opened_book:
        owner = _owner(opened_book, number, household)
        if not yes:
            typer.confirm(_question(owner), abort=True, err=True)
        done(erase_household(opened_book.database, owner, by=OPERATOR.id, now=now()))
        say(
            f"✔ 户 {owner} 的个人信息删掉了，分和卡都在",
            f"✔ what named the people of household {owner} is erased; points and cards stay.",
        )
        _scrub(opened_book, later=later)


@app.command("forget-old")
def forget(*, later: Later = False, database_url: DatabaseUrl = None) -> None:
    """Erase households that did nothing for as long as the programme says; run it every night."""
    with book(database_url) as opened_book:
        catalog_of(opened_book)
        forgotten = forget_old(opened_book, by=OPERATOR.id, now=now())
        say(
            f"✔ 删掉了 {forgotten.households} 户的个人信息，{forgotten.holders} 条志愿者姓名",
            f"✔ erased {forgotten.households} households, {forgotten.holders} volunteers' names.",
        )
        if forgotten.households or forgotten.holders:
            _scrub(opened_book, later=later)


def _owner(opened_book: Book, number: list[str] | None, household: int | None) -> HouseholdId:
    catalog_of(opened_book)
    return find_owner(opened_book.database, number, household)


def _question(owner: HouseholdId) -> str:
    return f"户 {owner}：删掉姓名、门牌、楼号？不能恢复 / Erase household {owner} for good?"


def _scrub(opened_book: Book, *, later: bool) -> None:
    if later:
        return
    if not scrub_erased(opened_book.database):
        note(
            "日志里还有旧页：有人正在读。夜里再运行 points people forget-old",
            "The log still holds old pages, for somebody reads. Run `points people forget-old` "
            "again tonight.",
        )
