"""Queues that phones saved as files: for when no network will come, or a token is taken no more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from points.cli.door import DatabaseUrl, book, catalog_of, now
from points.cli.files import read_text
from points.cli.reasons import done, worded
from points.cli.words import MISUSED, REFUSED, Both, fail, say, words
from points.domain.access import Credential
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed, is_in_review
from points.domain.operations import OperationKey
from points.domain.outcomes import Refusal
from points.domain.queue_files import FileFault, FileReason, read_queue
from points.service.queues import keep_lines, phone_of, post_queue
from points.web.api.items import NotTaken, operation_of, read_item
from points.web.problems import Fault
from points.web.shapes import WrongField

app = typer.Typer(no_args_is_help=True, help="Queues that phones saved as files.")

FILE: Mapping[FileReason, Both] = {
    FileReason.NOT_JSON: (
        "文件不完整，或者不是手机存的文件",
        "the file was cut off, or is none that a phone saved",
    ),
    FileReason.NOT_A_QUEUE: ("不是手机存的待传文件", "this is no queue that a phone saved"),
    FileReason.VERSION_UNKNOWN: (
        "是别的版本存的，请升级这里的 points",
        "another version saved it; bring points here up to date",
    ),
    FileReason.FIELD_INVALID: ("缺少这一项", "this is missing"),
    FileReason.JOURNAL_UNREADABLE: ("日志的这一行坏了", "this line of the journal is damaged"),
    FileReason.JOURNAL_BROKEN: (
        "日志的这一行接不上前一行",
        "this line of the journal does not follow the one before",
    ),
    FileReason.OPERATION_UNREADABLE: ("这一笔坏了", "this operation is damaged"),
    FileReason.OPERATION_UNKNOWN: ("日志里没有这一笔", "the journal names no such operation"),
    FileReason.OPERATION_CHANGED: ("这一笔被改动过", "this operation was changed"),
    FileReason.OPERATION_TWICE: ("这一笔出现了两次", "this operation is there twice"),
    FileReason.FILE_CHANGED: ("文件被改动过", "the file was changed"),
}

_FOR_GOOD = frozenset({Refusal.CREDENTIAL_REVOKED})
"""A phone that was shut out is never let in again, however often the same is uploaded."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of one operation, and whether anybody still waits for it."""

    mark: str
    said: str
    is_open: bool = False


@app.callback()
def _group() -> None:
    """Keep `upload` a command of its own: typer folds a group of one into its only command."""


@app.command()
def upload(
    file: Annotated[Path, typer.Argument(help="The file that the phone saved.")],
    database_url: DatabaseUrl = None,
) -> None:
    """Book what a phone saved as a file, as if the phone itself had sent it.

    Doing it again changes nothing, and neither does the phone that sends the same later on. Of a
    damaged file nothing is booked.
    """
    queue = read_queue(read_text(file))
    if isinstance(queue, FileFault):
        _tell_damaged(file, queue)
    with book(database_url) as opened_book:
        catalog_of(opened_book)
        phone = done(phone_of(opened_book, queue.device))
        read = [_read(item, phone) for item in queue.operations]
        answers = iter(post_queue(opened_book, [one for one in read if isinstance(one, Asked)]))
        told = [_outcome(next(answers)) if isinstance(one, Asked) else one for one in read]
        for place, (item, one) in enumerate(zip(queue.operations, told, strict=True), start=1):
            print(_line(place, item, one))
        number = keep_lines(opened_book, phone, queue.journal, now=now())
    _tell_end(phone, told, (number, len(queue.journal)))


def _read(item: Mapping[str, object], phone: Credential) -> Asked | _Told:
    """Read an operation as the API does; what it would not take is told, and holds up nothing."""
    found = read_item(item)
    if isinstance(found, WrongField):
        return _Told("✘", f"{found.field}: {found.reason} ({Fault.INVALID})", is_open=True)
    try:
        operation = operation_of(found, phone)
    except NotTaken as reason:
        return _Told("✘", f"{worded(reason.code, {})} ({reason.code})", is_open=True)
    return Asked(credential=phone, key=OperationKey(found.id), operation=operation)


def _outcome(outcome: Outcome) -> _Told:
    match outcome:
        case Replayed(first=Accepted()):
            return _Told("=", words("早已记下", "in the book already"))
        case Replayed(first=first):
            return _outcome(first)
        case Accepted(points=points, case=case):
            more = "" if case is None else words(f"，留下事项 {case}", f", leaves case {case}")
            return _Told("✔", words(f"{points:+} 分{more}", f"{points:+} points{more}"))
        case Conflict():
            code = Fault.IDEMPOTENCY_KEY_REUSED
            return _Told("✘", f"{worded(code, {})} ({code})", is_open=True)
        case Refused() if is_in_review(outcome):
            said = worded(outcome.reason, outcome.details)
            return _Told("…", words(f"{said} 事项 {outcome.case}", f"{said} Case {outcome.case}"))
        case Refused(reason=reason, details=details):
            said = f"{worded(reason, details)} ({reason})"
            return _Told("✘", said, is_open=not reason.is_final and reason not in _FOR_GOOD)


def _line(place: int, item: Mapping[str, object], told: _Told) -> str:
    shown = [str(place), told.mark, *_named(item), told.said]
    return "  ".join(shown)


def _named(item: Mapping[str, object]) -> Iterator[str]:
    for name in ("kind", "occurred_at"):
        value = item.get(name)
        if isinstance(value, str):
            yield value
    yield str(item["id"])


def _tell_damaged(file: Path, fault: FileFault) -> NoReturn:
    zh, en = FILE[fault.reason]
    place = f" {fault.place}" if fault.place else ""
    fail(
        f"✘ {file} 第 {fault.line} 行{place}：{zh}（{fault.reason}）。什么也没有记",
        f"✘ {file} line {fault.line}{place}: {en} ({fault.reason}). Nothing was booked.",
        code=MISUSED,
    )


def _tell_end(phone: Credential, told: list[_Told], journal: tuple[int, int]) -> None:
    kept, whole = journal
    say(
        f"{phone.id}：{len(told)} 笔；日志 {kept} 行，共 {whole} 行",
        f"{phone.id}: {len(told)} operations; {kept} of {whole} lines of its journal are here.",
    )
    say(
        "文件里有卡上的码：办完请删掉。手机还能用的话，让它联网报到一次。",
        "The file holds codes of cards: delete it when all is done. If the phone still works, let "
        "it report once.",
    )
    open_ones = sum(one.is_open for one in told)
    if open_ones:
        fail(
            f"✘ {open_ones} 笔还没有着落：文件先留着，改好后再传一次",
            f"✘ {open_ones} are still open: keep the file, and upload it again once that is "
            "put right.",
            code=REFUSED,
        )
