"""Journals: the vectors shared with the phone that writes them, and whatever may be wrong."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.journals import (
    CLOCK_TOLERANCE_MS,
    GENESIS,
    Entry,
    Head,
    Irregular,
    Irregularity,
    canonical,
    check_journal,
    digest_of,
    entry_hash,
    head_of,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "journal.json").read_text("utf-8")
)
STARTED_AT = 1_575_511_200_000
MINUTE = 60_000
LATER = STARTED_AT + 24 * 60 * MINUTE

Happened = tuple[int, int, str]
"""Minutes by the clock, minutes that the run had lasted, and the run."""


def write(*happened: Happened) -> list[Entry]:
    """Write a journal as a phone does."""
    journal: list[Entry] = []
    for n, (clock, ticked, session) in enumerate(happened, start=1):
        entry = Entry(
            n=n,
            previous=head_of(journal).hash,
            at=STARTED_AT + clock * MINUTE,
            session=session,
            ticked=ticked * MINUTE,
            kind="operation",
            subject=f"operation {n}",
            digest="",
        )
        journal.append(entry)
    return journal


def write_whole(count: int) -> list[Entry]:
    """Write a journal in which nothing is wrong."""
    return write(*((minute, minute, "one") for minute in range(count)))


def check(entries: Sequence[Entry], *told: Head, received_at: int = LATER) -> list[Irregular]:
    return check_journal(entries, received_at=received_at, told=told)


@pytest.mark.parametrize("vector", VECTORS["written"], ids=lambda vector: ascii(vector["text"]))
def test_a_value_is_written_and_hashed_in_one_way(vector: dict[str, Any]) -> None:
    written = canonical(vector["value"]), digest_of(vector["value"])

    assert written == (vector["text"], vector["digest"])


@pytest.mark.parametrize("vector", VECTORS["not_written"], ids=lambda vector: vector["because"])
def test_what_languages_would_write_differently_is_not_written(vector: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"written alike|surrogates not allowed"):
        canonical(vector["value"])


def test_what_is_not_json_is_not_written() -> None:
    with pytest.raises(ValueError, match="not written alike"):
        canonical(b"bytes")


def test_a_journal_is_hashed_as_its_phone_does() -> None:
    journal = [Entry(**vector["entry"]) for vector in VECTORS["journal"]]

    assert [entry_hash(entry) for entry in journal] == [one["hash"] for one in VECTORS["journal"]]
    assert head_of(journal) == Head(4, VECTORS["journal"][-1]["hash"])
    assert check(journal) == []


def test_a_journal_of_nothing_is_whole_and_ends_before_its_first_line() -> None:
    assert check([]) == []
    assert head_of([]) == Head(0, GENESIS)


@given(st.permutations(write_whole(6)), st.integers(0, 6))
def test_order_and_repetition_of_lines_mean_nothing(lines: list[Entry], repeated: int) -> None:
    assert check(lines + lines[:repeated]) == []


def test_lines_that_are_not_there_are_named_from_first_to_last() -> None:
    journal = write_whole(9)

    found = check([journal[2], journal[5], journal[6]], head_of(journal))

    assert found == [
        Irregular(1, 2, Irregularity.MISSING),
        Irregular(4, 5, Irregularity.MISSING),
        Irregular(8, 9, Irregularity.MISSING),
    ]


def test_an_end_that_was_told_and_never_came_is_missing() -> None:
    journal = write_whole(5)

    assert check([], head_of(journal)) == [Irregular(1, 5, Irregularity.MISSING)]
    assert check(journal, *(head_of(journal[:n]) for n in range(6))) == []


@pytest.mark.parametrize(
    "change",
    [
        {"at": STARTED_AT},
        {"session": "two"},
        {"ticked": 0},
        {"kind": "start"},
        {"subject": "operation 9"},
        {"digest": "0"},
    ],
)
def test_a_line_that_was_changed_no_longer_carries_the_next(change: dict[str, Any]) -> None:
    journal = write_whole(4)
    journal[1] = replace(journal[1], **change)

    assert Irregular(3, 3, Irregularity.BROKEN) in check(journal)


def test_a_first_line_that_follows_another_is_broken() -> None:
    [first] = write_whole(1)

    assert check([replace(first, previous="1" * 64)]) == [Irregular(1, 1, Irregularity.BROKEN)]


def test_a_changed_last_line_shows_by_the_end_that_was_told() -> None:
    journal = write_whole(2)
    told = head_of(journal)
    journal[1] = replace(journal[1], subject="another")

    assert check(journal, told) == [Irregular(2, 2, Irregularity.FORKED)]


def test_a_phone_that_was_wiped_and_began_anew_is_seen_by_every_line_that_it_wrote_twice() -> None:
    before = write_whole(3)
    after = write((100, 0, "two"), (101, 1, "two"))

    assert check([*before, *after]) == [
        Irregular(1, 1, Irregularity.FORKED),
        Irregular(2, 2, Irregularity.FORKED),
    ]


def test_a_wiped_phone_that_lost_its_lines_is_seen_by_the_end_that_it_told() -> None:
    before, after = write_whole(3), write((100, 0, "two"), (101, 1, "two"))

    assert check(after, head_of(before), head_of(before[:1])) == [
        Irregular(1, 1, Irregularity.FORKED),
        Irregular(3, 3, Irregularity.MISSING),
    ]


def test_a_clock_set_back_during_a_run_shows_by_how_much() -> None:
    journal = write((0, 0, "one"), (10, 10, "one"), (-170, 10, "one"), (-169, 11, "one"))

    assert check(journal) == [Irregular(2, 3, Irregularity.CLOCK_BACK, 180 * MINUTE)]


def test_a_clock_that_stood_still_while_the_run_went_on_was_set_back() -> None:
    journal = write((0, 0, "one"), (0, 5, "one"))

    assert check(journal) == [Irregular(1, 2, Irregularity.CLOCK_BACK, 5 * MINUTE)]


def test_a_clock_set_back_between_two_runs_shows_as_well() -> None:
    journal = write((60, 60, "one"), (50, 0, "two"))

    assert check(journal) == [Irregular(1, 2, Irregularity.CLOCK_BACK, 10 * MINUTE)]


def test_a_phone_that_slept_is_not_accused() -> None:
    journal = write((0, 0, "one"), (240, 1, "one"), (241, 2, "one"))

    assert check(journal) == []


def test_seconds_by_which_a_phone_sets_itself_right_are_no_matter() -> None:
    first, second = write((0, 0, "one"), (1, 1, "one"))
    at_limit = replace(second, at=second.at - CLOCK_TOLERANCE_MS)
    beyond = replace(second, at=second.at - CLOCK_TOLERANCE_MS - 1)

    assert check([first, at_limit]) == []
    assert check([first, beyond]) == [
        Irregular(1, 2, Irregularity.CLOCK_BACK, CLOCK_TOLERANCE_MS + 1)
    ]


def test_lines_from_the_future_are_told_as_one() -> None:
    journal = write((0, 0, "one"), (181, 1, "one"), (183, 3, "one"))
    received_at = STARTED_AT + 3 * MINUTE

    assert check(journal, received_at=received_at) == [
        Irregular(2, 3, Irregularity.CLOCK_AHEAD, 180 * MINUTE)
    ]


@given(st.integers(2, 12), st.data())
def test_whatever_single_line_is_lost_or_changed_something_is_found(
    count: int, data: st.DataObject
) -> None:
    journal = write_whole(count)
    told = head_of(journal)
    place = data.draw(st.integers(0, count - 1))
    lost = journal[:place] + journal[place + 1 :]
    changed = [*lost, replace(journal[place], subject="another")]

    assert check(journal, told) == []
    assert check(lost, told) != []
    assert check(changed, told) != []
