"""Notes of a batch: written as one text, read back, and hashed with the batch."""

from points.domain.chain import GENESIS, Link, batch_hash, record_hash
from points.domain.notes import (
    Note,
    NoteKind,
    is_noted,
    note,
    notes_marks,
    read_notes,
    write_notes,
)
from tests.market import NOW

REFUSAL = note(NoteKind.REFUSAL, ("device:4", "k", None))
ALLOWANCE = note(NoteKind.ALLOWANCE, (17, 100), subject=17)
TEXT = write_notes([REFUSAL, ALLOWANCE]) or ""


def test_a_note_is_a_kind_what_it_is_about_and_a_hash_of_what_is_noted() -> None:
    assert Note("allowance", 17, record_hash((17, 100)).hex()) == ALLOWANCE


def test_notes_are_read_back_in_order() -> None:
    assert list(read_notes(TEXT)) == [REFUSAL, ALLOWANCE]


def test_no_notes_are_nothing_at_all() -> None:
    assert write_notes([]) is None
    assert list(read_notes(None)) == []
    assert notes_marks(None) == []


def test_what_is_no_note_is_passed_over() -> None:
    assert list(read_notes(f"x allowance:y:00 refusal:0: {TEXT}")) == [REFUSAL, ALLOWANCE]


def test_only_the_very_record_of_the_very_kind_is_noted() -> None:
    record = ("device:4", "k", None)

    assert is_noted(TEXT, NoteKind.REFUSAL, record)
    assert not is_noted(TEXT, NoteKind.REFUSAL, ("device:4", "l", None))
    assert not is_noted(TEXT, NoteKind.ALLOWANCE, record)
    assert not is_noted(None, NoteKind.REFUSAL, record)


def test_a_batch_is_hashed_with_its_notes() -> None:
    link = Link(chain=0, number=1, posted_at=NOW, previous=GENESIS)
    texts = (None, TEXT, write_notes([REFUSAL]), write_notes([ALLOWANCE, REFUSAL]))

    assert len({batch_hash(link, [], notes=notes_marks(text)) for text in texts}) == len(texts)
