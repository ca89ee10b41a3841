"""Prove the book: `points verify` recomputes it and names every disagreement."""

from typing import Annotated

import typer
from rich.progress import TaskID

from points.cli.door import DatabaseUrl, now, opened
from points.cli.words import progress_bar, say, speaks_chinese, words
from points.domain.findings import Language
from points.domain.verifying import Mode, Report, Result, Stage
from points.service.verifying import verify as verify_book

app = typer.Typer(no_args_is_help=True)

_STAGES = {
    Stage.DATABASE: ("数据库", "database"),
    Stage.CHAINS: ("链", "chains"),
    Stage.ACCOUNTS: ("账户", "accounts"),
    Stage.SEQUELS: ("撤销与到期", "undos and expiry"),
    Stage.SLIPS: ("积分支票", "slips"),
    Stage.TOTALS: ("总数", "totals"),
    Stage.ANCHORS: ("公布过的链头", "published heads"),
}
_COUNTS = {
    "operations": ("笔操作", "operations"),
    "entries": ("条分录", "entries"),
    "accounts": ("个账户", "accounts"),
}


@app.command()
def verify(
    *,
    tail: Annotated[
        bool, typer.Option("--tail", help="Only what was posted since heads were published.")
    ] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Check the whole book. Exit code: 0 clean, 1 findings, 2 incomplete, 3 both."""
    with opened(database_url) as database, progress_bar() as bar:
        tasks: dict[Stage, TaskID] = {}

        def on_progress(done: int, total: int, stage: Stage) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(words(*_STAGES[stage]), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        mode = Mode.TAIL if tail else Mode.FULL
        report = verify_book(database, now=now(), mode=mode, progress=on_progress)
    _tell(report)
    raise typer.Exit(report.exit_code)


def _tell(report: Report) -> None:
    language = Language.ZH if speaks_chinese() else Language.EN
    for finding in report.findings:
        print(f"✘ [{finding.code}] {finding.sentence(language)}")
    for warning in report.warnings:
        print(f"! [{warning.code}] {warning.sentence(language)}")
    for gap in report.gaps:
        print(f"? [{gap.reason}] {gap.sentence(language)}")
    counted = words("，", ", ").join(
        f"{report.counts[name]:,} {words(*unit)}"
        for name, unit in _COUNTS.items()
        if name in report.counts
    )
    match report.result:
        case Result.CLEAN:
            say(f"账目完整：{counted}，全部相符", f"The book is whole: {counted}, all agree.")
        case Result.FINDINGS:
            total = sum(report.totals.values())
            say(f"有 {total} 处不符：{counted}", f"{total} findings in {counted}.")
        case Result.INCOMPLETE:
            say(f"没有查完：{counted}", f"Incomplete: not everything could be checked ({counted}).")
