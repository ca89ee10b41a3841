"""Files of phones: read whole, and where anything is wrong, the place is named."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.ids import CredentialId
from points.domain.journals import Entry, head_of
from points.domain.queue_files import FileFault, FileReason, QueueFile, read_queue
from tests.queue_files import queue_text

EARN = {"id": "a", "kind": "earn", "card": "code", "activity": "check-in", "offline": True}
UNDO = {"id": "b", "kind": "undo", "undoes": "a", "offline": True}
WEIGHED = {"id": "c", "kind": "earn", "grams": {"paper": 400, "metal": 20}, "offline": True}
TEXT = queue_text([EARN, UNDO], settled=[{"id": "before", "kind": "earn"}])


def spoilt(**changes: Any) -> str:
    return json.dumps({**json.loads(TEXT), **changes}, indent=1)


def fault(text: str) -> tuple[FileReason, str]:
    found = read_queue(text)
    assert isinstance(found, FileFault)
    return found.reason, found.place


def test_a_file_gives_all_that_the_phone_held_and_its_whole_journal() -> None:
    queue = read_queue(queue_text([EARN, UNDO, WEIGHED], device="device:7"))

    assert isinstance(queue, QueueFile)
    assert queue.device == "device:7"
    assert queue.operations == (EARN, UNDO, WEIGHED)
    assert head_of(queue.journal).n == 3


def test_a_phone_that_holds_nothing_is_read_too() -> None:
    nothing = QueueFile(device=CredentialId("device:1"), operations=(), journal=())

    assert read_queue(queue_text([])) == nothing


@given(st.integers(min_value=0, max_value=len(TEXT) - 1))
def test_a_file_that_was_cut_off_anywhere_is_refused_whole(length: int) -> None:
    assert fault(TEXT[:length])[0] is FileReason.NOT_JSON


@given(st.integers(min_value=0, max_value=len(TEXT) - 1), st.sampled_from('0a{,"\u00e9'))
def test_of_a_file_in_which_a_letter_changed_nothing_else_is_ever_read(
    place: int, letter: str
) -> None:
    changed = TEXT[:place] + letter + TEXT[place + 1 :]

    found = read_queue(changed)

    assert isinstance(found, FileFault) or found == read_queue(TEXT)


def test_the_line_that_is_wrong_is_named() -> None:
    lines = TEXT.splitlines()
    at = next(place for place, line in enumerate(lines) if '"undoes"' in line)
    lines[at] = lines[at].replace('"a"', '"x"')

    assert read_queue("\n".join(lines)) == FileFault(
        reason=FileReason.OPERATION_CHANGED, line=at - 1, place="operations 2"
    )


def test_a_line_of_the_journal_that_is_wrong_is_named() -> None:
    lines = TEXT.splitlines()
    at = [place for place, line in enumerate(lines) if "previous" in line][1]
    lines[at] = lines[at].replace("ticked", "tricked")

    assert read_queue("\n".join(lines)) == FileFault(
        reason=FileReason.JOURNAL_UNREADABLE, line=at + 1, place="journal 2"
    )


def _without(line: int) -> str:
    journal = json.loads(TEXT)["journal"]
    return spoilt(journal=journal[:line] + journal[line + 1 :])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (FileReason.NOT_JSON, "")),
        ("[" * 100_000, (FileReason.NOT_JSON, "")),
        ('{"format": "points-queue", "format": "points-queue"}', (FileReason.NOT_JSON, "")),
        ("[]", (FileReason.NOT_A_QUEUE, "")),
        ("{}", (FileReason.NOT_A_QUEUE, "")),
        (spoilt(format="other"), (FileReason.NOT_A_QUEUE, "")),
        (spoilt(version=2), (FileReason.VERSION_UNKNOWN, "version")),
        (spoilt(device=7), (FileReason.FIELD_INVALID, "device")),
        (spoilt(journal=None), (FileReason.FIELD_INVALID, "journal")),
        (spoilt(operations={}), (FileReason.FIELD_INVALID, "operations")),
        (spoilt(journal=[7]), (FileReason.JOURNAL_UNREADABLE, "journal 1")),
        (_without(0), (FileReason.JOURNAL_BROKEN, "journal 1")),
        (_without(1), (FileReason.JOURNAL_BROKEN, "journal 2")),
        (_without(2), (FileReason.OPERATION_UNKNOWN, "operations 2")),
        (spoilt(operations=[7]), (FileReason.OPERATION_UNREADABLE, "operations 1")),
        (spoilt(operations=[{"id": 7}]), (FileReason.OPERATION_UNREADABLE, "operations 1")),
        (spoilt(operations=[EARN, EARN]), (FileReason.OPERATION_TWICE, "operations 2")),
        (spoilt(device="device:2"), (FileReason.FILE_CHANGED, "")),
        (spoilt(digest=None), (FileReason.FILE_CHANGED, "")),
        (
            spoilt(operations=[EARN | {"activity": "quiz"}]),
            (FileReason.OPERATION_CHANGED, "operations 1"),
        ),
        (
            spoilt(operations=[EARN | {"quantity": 0.5}]),
            (FileReason.OPERATION_CHANGED, "operations 1"),
        ),
    ],
)
def test_a_damaged_file_is_refused_and_the_place_is_named(
    text: str, expected: tuple[FileReason, str]
) -> None:
    assert fault(text) == expected


@given(st.text())
def test_no_text_is_ever_raised_about(text: str) -> None:
    assert isinstance(read_queue(text), FileFault)


def test_how_an_operation_travelled_is_no_part_of_its_digest() -> None:
    plain = {name: value for name, value in EARN.items() if name != "offline"}

    queue = read_queue(queue_text([plain]))

    assert isinstance(queue, QueueFile)
    assert queue.operations == (plain,)
    assert all(isinstance(line, Entry) for line in queue.journal)
