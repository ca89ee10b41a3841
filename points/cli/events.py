"""Ends of events: closed once every phone's queue is accounted for, and opened again if need be."""

from collections.abc import Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now
from points.cli.files import Force, new_file
from points.cli.naming import EVENT, find_key
from points.cli.phones import why_missing
from points.cli.reasons import copy_words, done
from points.cli.words import MISUSED, REFUSED, fail, note, say, words
from points.domain.closing import Signature, Total
from points.domain.closing_sheets import ClosingSheet, write_sheet
from points.domain.ids import CredentialId
from points.service.closing import NotClosed, close_event, reopen_event
from points.service.phones import forget_volunteers

app = typer.Typer(no_args_is_help=True, help="Close events, and open them again.")

EventName = Annotated[str, typer.Argument(help="The event's id.")]
By = Annotated[str, typer.Option("--by", help="Who answers for it.")]
Why = Annotated[str, typer.Option(help="Why.")]


@app.command()
def close(
    event: EventName,
    *,
    write_off: Annotated[
        list[str] | None,
        typer.Option("--write-off", help="Give up a phone, such as device:7; may be repeated."),
    ] = None,
    by: By = "",
    reason: Why = "",
    out: Annotated[
        Path | None, typer.Option(help="Write the closing sheet, heads included, to this new file.")
    ] = None,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Close an event, once nothing is left on any phone; else tell which phones hold what.

    What a phone still brings afterwards is kept for a person to judge. Closing again changes
    nothing.
    """
    given_up = [CredentialId(one) for one in write_off or ()]
    if given_up and not (by.strip() and reason.strip()):
        fail(
            "放弃一台手机，要写明 --by 谁负责、--reason 为什么",
            "To write a phone off, say --by whom and for what --reason.",
            code=MISUSED,
        )
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        chosen, zone = find_key(catalog.events, event, EVENT), catalog.programme_at(now()).zone
        signature = Signature(by.strip(), reason.strip())
        outcome = close_event(opened_book, chosen, write_off=given_up, by=signature, now=now())
    if isinstance(outcome, NotClosed):
        _tell_missing(outcome, zone)
    closed = done(outcome)
    if out is not None:
        with new_file(out, overwrites=force) as file:
            file.write(write_sheet(closed).encode())
    for line in _sheet_lines(closed, zone):
        print(line)
    if out is not None:
        say(
            f"结束单在 {out}，请签字并交别人保管",
            f"The closing sheet is in {out}: sign it, and give a copy away.",
        )


@app.command()
def reopen(
    event: EventName,
    *,
    by: Annotated[str, typer.Option("--by", help="Who answers for it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Open an event again: what its phones bring is taken as before."""
    with book(database_url) as opened_book:
        chosen = find_key(catalog_of(opened_book).events, event, EVENT)
        signature = Signature(by.strip(), reason.strip())
        done(reopen_event(opened_book, chosen, by=signature, now=now()))
    say(f"{chosen} 重新打开了", f"{chosen} is open again.")


@app.command("forget-volunteers")
def forget(event: EventName, *, database_url: DatabaseUrl = None) -> None:
    """Erase the names of those who held an event's phones. The book never held them."""
    with book(database_url) as opened_book:
        chosen = find_key(catalog_of(opened_book).events, event, EVENT)
        count = done(forget_volunteers(opened_book, chosen))
    say(f"{count} 条志愿者记录删掉了", f"{count} notes of volunteers are erased.")


def _tell_missing(not_closed: NotClosed, zone: tzinfo) -> NoReturn:
    for missing in not_closed.missing:
        told = why_missing(missing, zone)
        note(told, told)
    first = not_closed.missing[0].phone.device
    fail(
        f"✘ 还不能结束。请让这些手机连上网、打开扫码页；实在不行，用 --write-off {first} 放弃一台",
        "✘ It cannot be closed yet. Bring these phones to a network and open the scanner; if one "
        f"is lost for good, --write-off {first} gives it up.",
        code=REFUSED,
    )


def _sheet_lines(sheet: ClosingSheet, zone: tzinfo) -> Iterator[str]:
    at = f"{sheet.closed_at.astimezone(zone):%Y-%m-%d %H:%M}"
    yield words(
        f"✔ {sheet.event.name}：{at} 结束，{sheet.phones} 台手机都交代清楚了",
        f"✔ {sheet.event.name_en or sheet.event.name}: closed at {at}, "
        f"all of {sheet.phones} phones accounted for.",
    )
    yield from map(_total_line, sheet.totals)
    for device in sheet.written_off:
        yield words(f"{device}：放弃", f"{device}: written off")
    count = len(sheet.cases)
    yield words(f"待处理的单子：{count}", f"Open cases: {count}")
    for chain, head in sorted(sheet.heads.heads.items()):
        if head.number:
            yield words(
                f"链 {chain} 到第 {head.number} 批：{head.hash.hex()}",
                f"Chain {chain} up to batch {head.number}: {head.hash.hex()}",
            )


def _total_line(total: Total) -> str:
    booth = (total.booth or "").partition("/")[2]
    where = words(f"{booth} 号展位", f"booth {booth}") if booth else words("全场", "no booth")
    kind = copy_words().code(total.kind)
    return words(
        f"{where} {kind}：{total.operations} 笔，{total.points:+} 分，数量 {total.quantity}",
        f"{where} {kind}: {total.operations} acts, {total.points:+} points, "
        f"quantity {total.quantity}",
    )
