"""What a batch seals beside its operations: refusals, cases, and what households allowed.

None of them moves a point, so they are no operations; but who forges one, lets an allowance be for
more, or a case vanish, should not get by with a row that is merely right in itself. So the batch in
which each was written carries a note of it, and the notes are hashed with the batch. A note holds
no more than a hash of what is noted: a refusal may be forgotten, and its note tells nothing of it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from points.domain.chain import Plain, record_hash

_BETWEEN = " "


class NoteKind(StrEnum):
    """What is noted, as stored. Add, never rename."""

    REFUSAL = "refusal"
    ALLOWANCE = "allowance"
    ALLOWANCE_ENDED = "allowance_ended"
    CASE = "case"
    SETTLEMENT = "settlement"


class Note(NamedTuple):
    """What was noted, about which row (nought where its hash alone tells), and the hash of it."""

    kind: str
    subject: int
    hash: str


Noted = Mapping[int, frozenset[Note]]
"""What is noted, by the row that it is about."""


def note(kind: NoteKind, record: Iterable[Plain], *, subject: int = 0) -> Note:
    """Note what a record says."""
    return Note(kind.value, subject, record_hash(record).hex())


def is_noted(notes: str | None, kind: NoteKind, record: Iterable[Plain]) -> bool:
    """Tell whether a batch notes, of this kind and about no row, what a record says."""
    return _word(note(kind, record)) in (notes or "").split(_BETWEEN)


def write_notes(notes: Iterable[Note]) -> str | None:
    """Write a batch's notes down as one text, None where there are none."""
    return _BETWEEN.join(map(_word, notes)) or None


def read_notes(text: str | None) -> Iterator[Note]:
    """Read a batch's notes; what is none is passed over, for its batch's hash is broken anyway."""
    for word in (text or "").split(_BETWEEN):
        kind, _, rest = word.partition(":")
        subject, _, hashed = rest.partition(":")
        if subject.isdecimal() and hashed:
            yield Note(kind, int(subject), hashed)


def collect_notes(texts: Iterable[str], kinds: Collection[NoteKind]) -> Noted:
    """Collect what batches note of some kinds."""
    noted: dict[int, frozenset[Note]] = {}
    for text in texts:
        for one in read_notes(text):
            if one.kind in kinds:
                noted[one.subject] = noted.get(one.subject, frozenset()) | {one}
    return noted


def notes_marks(text: str | None) -> list[bytes]:
    """Give what is hashed of notes, as of one more operation; nothing where there are none."""
    return [] if text is None else [record_hash((text,))]


def _word(one: Note) -> str:
    return f"{one.kind}:{one.subject}:{one.hash}"
