"""What phones tell of themselves, for tests: journals line by line, and reports."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from points.domain.closing import Report
from points.domain.journals import GENESIS, Entry, Head, canonical, entry_hash, head_of
from tests.market import NOW

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SESSION = "0b6c8f1e-5a4e-4f53-9a3e-1f2d3c4b5a69"
SAID_FIRST = NOW - timedelta(hours=1)


def milliseconds(moment: datetime) -> int:
    """Tell an instant as a phone's clock does."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def write(
    *subjects: str, after: Sequence[Entry] = (), began_at: datetime = SAID_FIRST, **given: Any
) -> list[Entry]:
    """Write a line for each operation, a minute apart, behind those that are there."""
    journal = list(after)
    for subject in subjects:
        place = len(journal)
        told: dict[str, Any] = {
            "at": milliseconds(began_at) + place * 60_000,
            "session": SESSION,
            "ticked": place * 60_000,
            "kind": "operation",
            "subject": subject,
            "digest": "",
        }
        previous = entry_hash(journal[-1]) if journal else GENESIS
        journal.append(Entry(n=place + 1, previous=previous, **(told | given)))
    return journal


def texts(entries: Sequence[Entry]) -> list[str]:
    """Write lines as they travel."""
    return [
        canonical({name: getattr(entry, name) for name in Entry.__slots__}) for entry in entries
    ]


def make_report(
    *,
    at: datetime = NOW,
    said_at: datetime | None = None,
    journal: Head | None = None,
    **given: Any,
) -> Report:
    """Report that all is done, at ten in the morning of the market day."""
    told: dict[str, Any] = {
        "arrived_at": at,
        "said_at": said_at or at,
        "waiting": 0,
        "attention": 0,
        "oldest_waiting_at": None,
        "journal": journal or head_of([]),
        "app": "1.0.0",
    }
    return Report(**(told | given))
