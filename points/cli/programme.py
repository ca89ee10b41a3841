"""Set the programme up from a file."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, book, now
from points.cli.files import read_text
from points.cli.words import Both, fail, say, words
from points.domain.programme_changes import ChangeFault, ItemChange, ItemKind
from points.domain.programme_file import ProgrammeFile, read_programme_file
from points.service.posting import Book
from points.service.programmes import Loaded, load_programme

_KINDS: Mapping[ItemKind, Both] = {
    ItemKind.PROGRAMME: ("方案", "programme"),
    ItemKind.COMMUNITY: ("居民区", "communities"),
    ItemKind.EVENT: ("活动", "events"),
    ItemKind.BOOTH: ("展位", "booths"),
    ItemKind.ACTIVITY: ("赋分项目", "activities"),
    ItemKind.REWARD: ("奖品", "rewards"),
}
_CHANGES: Mapping[ItemChange, Both] = {
    ItemChange.ADDED: ("新增", "added"),
    ItemChange.CHANGED: ("更改", "changed"),
    ItemChange.WITHDRAWN: ("停用", "withdrawn"),
    ItemChange.UNCHANGED: ("不变", "unchanged"),
}
_CHANGE_FAULTS: Mapping[ChangeFault, Both] = {
    ChangeFault.ZONE_CHANGED: ("时区不能再改", "the zone cannot change any more"),
    ChangeFault.STOCK_CHANGED: ("期初库存已经入账", "the opening stock is booked already"),
    ChangeFault.RESERVES_CHANGED: ("预留数已经入账", "the reserves are booked already"),
    ChangeFault.HOME_BOOTH_CHANGED: ("货在原来的展位", "the goods lie at the old booth"),
    ChangeFault.COMMUNITY_CHANGED: (
        "活动不能换居民区",
        "an event cannot go to another community",
    ),
    ChangeFault.BUDGET_REMOVED: ("预算不能删掉", "a budget cannot be removed"),
    ChangeFault.BUDGET_BELOW_AWARDED: (
        "预算低于已经发出的积分",
        "the budget is below what was awarded already",
    ),
}

app = typer.Typer(no_args_is_help=True, help="The programme: events, booths, rules and rewards.")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A .toml file; see docs/programme-file.md.")],
    *,
    rehearse_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="A rehearsal: the first event falls on this day and is open all day.",
        ),
    ] = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Load a programme: all of it, or nothing and everything that is wrong."""
    day = rehearse_on.date() if rehearse_on else None
    programme = read(read_text(file), name=file.name, moved_to=day)
    with book(database_url) as opened_book:
        counts = load_into(opened_book, programme).counts
    for kind, of_kind in counts.items():
        changes = words("，", ", ").join(
            f"{words(*_CHANGES[change])} {count}" for change, count in of_kind.items()
        )
        if changes:
            say(f"{_KINDS[kind][0]}：{changes}", f"{_KINDS[kind][1]}: {changes}")


def read(text: str, *, name: str, moved_to: date | None) -> ProgrammeFile:
    """Read a programme file; where anything is wrong, say all of it and end."""
    found = read_programme_file(text, file=name, moved_to=moved_to)
    if isinstance(found, ProgrammeFile):
        return found
    for fault in found:
        print(f"{words(fault.message.zh, fault.message.en)} [{fault.code}]")
    fail(f"✘ {len(found)} 处要改，什么也没有载入", f"✘ Faults: {len(found)}. Nothing was loaded.")


def load_into(opened_book: Book, file: ProgrammeFile) -> Loaded:
    """Load a programme that could be read; where it cannot replace the one in force, say why."""
    loaded = load_programme(opened_book, file, now=now())
    if isinstance(loaded, Loaded):
        return loaded
    for fault in loaded.faults:
        way = words("；请用 ", "; use ") + fault.command if fault.command else ""
        print(
            f"{words(*_KINDS[fault.kind])} {fault.key}: {words(*_CHANGE_FAULTS[fault.reason])} "
            f"({fault.before} → {fault.after}){way} [{fault.reason}]"
        )
    count = len(loaded.faults)
    fail(
        f"✘ {count} 处不能这样改，什么也没有载入",
        f"✘ {count} changes that cannot be made; nothing was loaded.",
    )
