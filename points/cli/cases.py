"""Cases: what phones brought that a person must settle, and settling it."""

from typing import Annotated, Literal

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, new_key, now
from points.cli.naming import EVENT, find_key
from points.cli.reasons import done, worded
from points.cli.words import say, words
from points.domain.access import OPERATOR
from points.domain.cases import CaseId, Decision, Wish, decisions_for, doubts_of
from points.service.cases import Matter, Settling, read_case, read_cases, settle_case

app = typer.Typer(no_args_is_help=True, help="What a person must settle.")

Number = Annotated[int, typer.Argument(min=1, help="The case's number.")]

_IS_OPEN = {"open": True, "settled": False, "all": None}
_LISTED_MAX = 1000


@app.command("list")
def list_cases(
    *,
    state: Annotated[
        Literal["open", "settled", "all"], typer.Option(help="Which ones, by whether it is done.")
    ] = "open",
    event: Annotated[str | None, typer.Option(help="Only those of this event.")] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """List cases, the newest first, each with what is suggested."""
    with book(database_url) as opened_book:
        catalog = catalog_of(opened_book)
        chosen = None if event is None else find_key(catalog.events, event, EVENT)
        wish = Wish(event=chosen, is_open=_IS_OPEN[state], limit=_LISTED_MAX)
        found = read_cases(opened_book, OPERATOR, wish)
    for matter in found:
        print(_line(matter))
    say(f"共 {len(found)} 件", f"{len(found)} cases.")


@app.command()
def show(number: Number, database_url: DatabaseUrl = None) -> None:
    """Show all that is known of one case."""
    with book(database_url) as opened_book:
        matter = done(read_case(opened_book, OPERATOR, CaseId(number)))
    _tell(matter)


@app.command()
def settle(
    numbers: Annotated[list[int], typer.Argument(min=1, help="Numbers of cases, settled alike.")],
    *,
    decision: Annotated[
        Literal["approve", "reject", "forgive", "keep_owed", "noted"],
        typer.Option(help="How; `points cases show` names what fits."),
    ],
    by: Annotated[str, typer.Option(help="Who decides.")],
    note: Annotated[str, typer.Option(help="Why; it is kept with the case.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Settle cases, each once. What is approved is booked; what is forgiven is owed no longer."""
    with book(database_url) as opened_book:
        catalog_of(opened_book)
        for number in numbers:
            settling = Settling(
                case=CaseId(number),
                key=new_key(),
                decision=Decision(decision),
                note=note,
                by=OPERATOR,
                name=by,
            )
            done(settle_case(opened_book, settling, now=now()))
            say(f"✔ {number} 已处理：{decision}", f"✔ Case {number} is settled: {decision}")


def _line(matter: Matter) -> str:
    case, about = matter.case, matter.case.about
    settlement = case.settlement
    told = [
        str(case.id),
        about.kind,
        f"{case.opened_at.astimezone():%m-%d %H:%M}",
        about.booth or about.event or "",
        about.device,
        _amount(matter),
    ]
    end = f"→ {matter.suggested}" if settlement is None else f"✔ {settlement.decision}"
    return "  ".join([*(it for it in told if it), end])


def _amount(matter: Matter) -> str:
    item = (matter.item or "").partition("/")[2]
    pieces = f" ×{matter.quantity}" if matter.quantity else ""
    points = words(f" {matter.points:+} 分", f" {matter.points:+} points") if matter.points else ""
    return f"{item}{pieces}{points}".strip()


def _tell(matter: Matter) -> None:
    case, about = matter.case, matter.case.about
    print(_line(matter))
    print(worded(f"case_{about.kind}", about.details))
    for doubt in doubts_of(about.details):
        print(f"  {worded(doubt, about.details)} ({doubt})")
    if about.household is not None:
        card = matter.number or "—"
        say(f"户 {about.household}，卡 {card}", f"Household {about.household}, card {card}")
    if about.key is not None:
        say(f"编号 {about.key}", f"Id {about.key}")
    settlement = case.settlement
    if settlement is None:
        ways = ", ".join(decisions_for(about.kind))
        say(f"可以：{ways}；建议 {matter.suggested}", f"{ways}; suggested: {matter.suggested}")
        return
    who = settlement.name or settlement.settled_by
    say(
        f"{settlement.settled_at.astimezone():%m-%d %H:%M} {who}：{settlement.note}",
        f"{settlement.settled_at.astimezone():%m-%d %H:%M} {who}: {settlement.note}",
    )
