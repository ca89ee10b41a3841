"""Keep the book: put balances right, take back, share out, expire, issue slips."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import (
    DatabaseUrl,
    book,
    catalog_of,
    doubt_told,
    new_key,
    now,
    opened,
    random_bytes,
)
from points.cli.files import Force, new_file
from points.cli.naming import ACTIVITY, find_key
from points.cli.posting import Key, post_all, post_one
from points.cli.reasons import done
from points.cli.words import say
from points.domain.cards import CODE_BYTES, code_fingerprint, make_card_code
from points.domain.ids import HouseholdId
from points.domain.operations import (
    POINTS_MAX,
    Adjust,
    IssueSlip,
    OperationKey,
    Undo,
    slip_by_code,
)
from points.domain.periods import local_day, spelled
from points.service.cleanups import share_out
from points.service.posting import make_book
from points.service.sweeping import sweep as sweep_lots
from points.service.timekeeping import check_clock, vouch_for_clock

app = typer.Typer(no_args_is_help=True)

_SLIP_DAYS = 30


@app.command()
def adjust(
    household: Annotated[int, typer.Argument(min=1, help="The household's number.")],
    *,
    points: Annotated[
        int,
        typer.Option(min=-POINTS_MAX, max=POINTS_MAX, help="More (+) or fewer (-), such as -20."),
    ],
    reason: Annotated[str, typer.Option(help="Why; it is kept with the operation.")],
    approver: Annotated[str, typer.Option(help="Who else has agreed.")],
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Put a household's balance right; a second person answers for it too."""
    with book(database_url) as opened_book:
        catalog_of(opened_book)
        change = Adjust(
            household=HouseholdId(household),
            points=points,
            reason=reason,
            approver=approver,
            occurred_at=now(),
        )
        post_one(opened_book, change, key=key or new_key())


@app.command("take-back")
def take_back(
    operation: Annotated[str, typer.Argument(help="The id that the operation was sent with.")],
    *,
    claw_back: Annotated[
        bool, typer.Option("--claw-back", help="Book points already spent as owed.")
    ] = False,
    key: Key = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Undo anybody's operation, however old."""
    with book(database_url) as opened_book:
        catalog_of(opened_book)
        undo = Undo(undoes=OperationKey(operation), claws_back=claw_back, occurred_at=now())
        post_one(opened_book, undo, key=key or new_key())


@app.command("share-out")
def share(
    activity: Annotated[
        str, typer.Argument(help="For example corridors-qingshuiwan/corridor-clean-up.")
    ],
    building: Annotated[str, typer.Argument(help="For example 64.")],
    period: Annotated[
        str | None, typer.Option(help="For example 2019-12; by default the present one.")
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Close a building's clean-up and pay everyone who checked in, exactly once."""
    with book(database_url) as opened_book:
        chosen = find_key(catalog_of(opened_book).activities, activity, ACTIVITY)
        paid = done(share_out(opened_book, chosen, building, now=now(), period=period))
    for one in paid.shares:
        say(
            f"{one.place}. 户 {one.household}：{one.points} 分",
            f"{one.place}. household {one.household}: {one.points} points",
        )
    total = sum(one.points for one in paid.shares)
    say(
        f"✔ {building} 号楼 {paid.period}：{len(paid.shares)} 人，共 {total} 分",
        f"✔ Building {building}, {paid.period}: {len(paid.shares)} people, {total} points.",
    )


@app.command()
def sweep(
    *,
    confirmed: Annotated[
        bool, typer.Option("--yes", help="The clock is right, although nothing else says so.")
    ] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Expire what has ended. Safe to run at any time; run it every night."""
    with opened(database_url) as database, doubt_told():
        swept = sweep_lots(make_book(database, now), now=now(), confirmed=confirmed)
    say(
        f"✔ 到期 {swept.lots} 批，共 {swept.points} 分",
        f"✔ {swept.lots} lots expired, {swept.points} points.",
    )


@app.command()
def clock(
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="This machine's clock is right; go on by it.")
    ] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Hold this machine's clock against the book. By one that may be wrong nothing is posted."""
    with opened(database_url) as database, doubt_told():
        shown = now()
        if accept:
            vouch_for_clock(database, shown)
        check_clock(database, shown)
    say(
        f"✔ 这台机器的时钟是 {spelled(shown)}，照此记账",
        f"✔ This machine's clock shows {spelled(shown)}, and the book goes by it.",
    )


@app.command("slip")
def issue_slips(
    *,
    points: Annotated[int, typer.Option(min=1, max=POINTS_MAX, help="What each is worth.")],
    count: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 1,
    days: Annotated[int, typer.Option(min=0, max=3_650, help="How long they last.")] = _SLIP_DAYS,
    out: Annotated[Path, typer.Option(help="A new file for their codes, one a line.")],
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Issue one-time slips, all or none; only the file knows their codes."""
    with book(database_url) as opened_book, new_file(out, overwrites=force) as file:
        codes = [make_card_code(random_bytes(CODE_BYTES)) for _ in range(count)]
        zone = catalog_of(opened_book).programme_at(now()).zone
        last_day = local_day(now(), zone) + timedelta(days=days)
        slips = [
            IssueSlip(
                slip=slip_by_code(code_fingerprint(code)),
                points=points,
                last_day=last_day,
                occurred_at=now(),
            )
            for code in codes
        ]
        file.write("".join(f"{code}\n" for code in codes).encode())
        post_all(opened_book, {new_key(): slip for slip in slips})
    say(
        f"✔ {count} 张积分支票，每张 {points} 分，有效到 {last_day}，兑换码在 {out}",
        f"✔ {count} slips of {points} points, good until {last_day}: their codes are in {out}",
    )
