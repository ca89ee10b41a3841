"""Prove the book: check all of it, restore what follows from it, publish its heads."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from points.cli.door import DatabaseUrl, now, opened, reached
from points.cli.files import Force
from points.cli.words import Both, agreed, fail, progress_by_stage, say, speaks_chinese, words
from points.domain.finding_words import Language, say_finding, say_gap
from points.domain.findings import Finding
from points.domain.verifying import Mode, Report, Result, Stage
from points.service.anchors import check_heads_file, publish_heads
from points.service.rebuilding import BookDamaged
from points.service.rebuilding import rebuild as rebuild_caches
from points.service.verifying import verify as verify_book

app = typer.Typer(no_args_is_help=True)
heads_app = typer.Typer(
    no_args_is_help=True, help="Publish the heads of chains, and hold the book to them."
)

STAGES: Mapping[str, Both] = {
    Stage.DATABASE: ("数据库", "database"),
    Stage.CHAINS: ("链", "chains"),
    Stage.REQUESTS: ("请求", "requests"),
    Stage.ACCOUNTS: ("账户", "accounts"),
    Stage.SEQUELS: ("撤销与到期", "undos and expiry"),
    Stage.SLIPS: ("积分支票", "slips"),
    Stage.GIFTS: ("赠送的分", "gifts"),
    Stage.ALLOWANCES: ("代领卡", "allowances"),
    Stage.CODES: ("一次性兑换码", "one-time codes"),
    Stage.CASES: ("事项", "cases"),
    Stage.TOTALS: ("总数", "totals"),
    Stage.ANCHORS: ("公布过的链头", "published heads"),
}
COUNTS: Mapping[str, Both] = {
    "operations": ("笔操作", "operations"),
    "entries": ("条分录", "entries"),
    "batches": ("个批次", "batches"),
    "accounts": ("个账户", "accounts"),
    "lots": ("批积分", "lots"),
    "slips": ("张积分支票", "slips"),
    "cases": ("件事项", "cases"),
}

_INCOMPLETE = 2
_NOTHING: Both = ("什么也没有读到", "nothing that could be read")


@app.command()
def verify(
    *,
    tail: Annotated[
        bool, typer.Option("--tail", help="Only what was posted since heads were published.")
    ] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Check the whole book, from its first line. Nothing is changed.

    Exit codes: 0 clean, 1 findings, 2 incomplete, 3 both.
    """
    mode = Mode.TAIL if tail else Mode.FULL
    with (
        _or_incomplete(),
        reached(database_url) as database,
        progress_by_stage(STAGES) as tell,
    ):
        report = verify_book(database, now=now(), mode=mode, progress=tell)
    _tell(report)
    raise typer.Exit(report.exit_code)


@app.command()
def rebuild(
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Restore balances, lots, slips and heads from the book, which is never changed itself.

    For when `points verify` names only these. Nobody can post until it is done.
    """
    with opened(database_url) as database:
        if not yes and not agreed(
            "重算期间谁也不能记账。开始吗？", "Nobody can post until it is done. Begin?"
        ):
            fail("没有重算", "Nothing was rebuilt.")
        try:
            rebuilt = rebuild_caches(database)
        except BookDamaged as damaged:
            _tell_findings(damaged.findings)
            fail(
                "✘ 账目本身有矛盾，什么也没有改。请先恢复备份",
                "✘ The book contradicts itself; nothing was changed. Restore a backup first.",
            )
    for finding in rebuilt.heads:
        print(f"! [{finding.code}] {say_finding(finding, _language())}")
    counted = _counted({f"{name}s": count for name, count in rebuilt.counts.items()})
    say(
        f"✔ 重算好了：{counted}。请再运行 points verify",
        f"✔ Rebuilt: {counted}. Now run `points verify`.",
    )


@heads_app.command()
def export(
    file: Annotated[Path, typer.Argument(help="A new file; give a copy to somebody else.")],
    *,
    force: Force = False,
    database_url: DatabaseUrl = None,
) -> None:
    """Publish the heads of all chains: whoever keeps the file can prove what stood before it."""
    if file.exists() and not force:
        fail(
            f"已经有 {file}；确实要替换请加 --force",
            f"{file} is there already; to replace it, say --force.",
        )
    with opened(database_url) as database:
        heads = publish_heads(database, file, now=now())
    batches = sum(head.number for head in heads.heads.values())
    say(
        f"✔ {batches} 个批次的链头在 {file}。请交给别人保管一份",
        f"✔ Heads of {batches} batches in {file}. Give a copy to somebody else to keep.",
    )


@heads_app.command("check")
def check_heads(
    file: Annotated[Path, typer.Argument(help="What `points heads export` wrote.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Hold the book to heads that were published earlier. Exit code 1 where one is gone."""
    with opened(database_url) as database:
        findings = check_heads_file(database, file)
    if findings:
        _tell_findings(findings)
        fail(f"✘ {len(findings)} 处不符", f"✘ {len(findings)} findings.")
    say("✔ 链头都还在账本里", "✔ All these heads still stand in the book.")


@contextmanager
def _or_incomplete() -> Iterator[None]:
    """Let whatever ends a check before its end have the exit code of an incomplete one."""
    try:
        yield
    except typer.Exit:
        raise typer.Exit(_INCOMPLETE) from None


def _tell(report: Report) -> None:
    _tell_findings(report.findings)
    for code, total in report.totals.items():
        more = total - sum(finding.code is code for finding in report.findings)
        if more > 0:
            say(f"✘ [{code}] 另有 {more} 处", f"✘ [{code}] and {more} more")
    for warning in report.warnings:
        print(f"! [{warning.code}] {say_finding(warning, _language())}")
    for gap in report.gaps:
        print(f"? [{gap.reason}] {say_gap(gap, _language())}")
    counted = _counted(report.counts)
    total = sum(report.totals.values())
    match report.result:
        case Result.CLEAN:
            say(f"✔ 账目完整，全部相符：{counted}", f"✔ The book is whole, all agree: {counted}")
        case Result.FINDINGS:
            say(f"✘ 有 {total} 处不符：{counted}", f"✘ {total} findings in {counted}")
        case Result.INCOMPLETE:
            say(
                f"? 没有查完，已知 {total} 处不符：{counted or words(*_NOTHING)}",
                "? Incomplete: not everything could be checked; "
                f"{total} findings in {counted or words(*_NOTHING)}",
            )


def _tell_findings(findings: Iterable[Finding]) -> None:
    for finding in findings:
        print(f"✘ [{finding.code}] {say_finding(finding, _language())}")


def _counted(counts: Mapping[str, int]) -> str:
    return words("，", ", ").join(
        f"{counts[name]:,} {words(*unit)}" for name, unit in COUNTS.items() if name in counts
    )


def _language() -> Language:
    return Language.ZH if speaks_chinese() else Language.EN
