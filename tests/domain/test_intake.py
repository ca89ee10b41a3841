"""A phone's journal, as it comes in: taken line by line, and looked at where it does not fit."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from points.domain.cases import CaseKind, NewCase
from points.domain.closing import Report
from points.domain.intake import (
    EMPTY,
    Held,
    Intake,
    Kept,
    is_overtaken,
    read_entry,
    report_cases,
    take_lines,
)
from points.domain.journals import GENESIS, Entry, Head, entry_hash, head_of
from tests.build import make_device
from tests.market import NOW
from tests.told import SAID_FIRST, SESSION, make_report, milliseconds, texts, write

PHONE = make_device(number=7)
TEN_MINUTES = timedelta(minutes=10)
MINE = write("a", "b", "c", "d", "e")


class Shelf:
    """Keeps what was taken, as the service does."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []
        self.cases: dict[str, NewCase] = {}

    def held(self, *numbers: int) -> Held:
        last = max(self.kept, key=lambda kept: (kept.life, kept.entry.n), default=None)
        near = tuple(kept for kept in self.kept if kept.entry.n in numbers)
        return Held(last=last, near=near)

    def take(self, lines: Sequence[Entry]) -> Intake:
        numbers = [number for line in lines for number in (line.n - 1, line.n)]
        intake = take_lines(PHONE, self.held(*numbers), lines, now=NOW, ahead_max=TEN_MINUTES)
        self.kept += intake.taken
        self.cases |= {case.reference: case for case in intake.cases}
        return intake

    def causes(self) -> dict[str, dict[str, Any]]:
        return {cause: dict(case.details) for cause, case in self.cases.items()}


def kept(entries: Sequence[Entry], *, life: int = 1) -> tuple[Kept, ...]:
    return tuple(Kept(life=life, entry=one, hash=entry_hash(one)) for one in entries)


def test_lines_are_taken_in_order_and_those_that_are_here_are_skipped() -> None:
    shelf = Shelf()

    first, again, rest = shelf.take(MINE[:3]), shelf.take(MINE[1:3]), shelf.take(MINE)

    assert first == Intake(taken=kept(MINE[:3]), cases=(), head=head_of(MINE[:3]), wanted=4)
    assert again == Intake(taken=(), cases=(), head=head_of(MINE[:3]), wanted=4)
    assert rest == Intake(taken=kept(MINE[3:]), cases=(), head=head_of(MINE), wanted=6)


def test_what_is_before_a_gap_is_taken_and_the_gap_is_a_case() -> None:
    shelf = Shelf()
    shelf.take(MINE[:1])

    intake = shelf.take([MINE[1], MINE[3], MINE[4]])

    assert intake.taken == kept(MINE[1:2])
    assert (intake.head, intake.wanted) == (head_of(MINE[:2]), 3)
    [case] = intake.cases
    assert case == NewCase(
        kind=CaseKind.JOURNAL_GAP,
        reference="journal_gap:device:7:1:3",
        device=PHONE.id,
        event=PHONE.event,
        booth=PHONE.booth,
        details={"wanted": 3, "found": 4},
    )
    assert shelf.take(MINE[2:]).head == head_of(MINE)


def test_a_journal_whose_beginning_never_came_is_a_gap_from_the_first_line() -> None:
    intake = Shelf().take(MINE[2:])

    assert (intake.taken, intake.head, intake.wanted) == ((), EMPTY, 1)
    assert [case.reference for case in intake.cases] == ["journal_gap:device:7:1:1"]


def test_another_story_from_some_line_on_is_kept_beside_the_first_and_is_a_case() -> None:
    shelf, theirs = Shelf(), write("x", "y", after=MINE[:2])
    shelf.take(MINE)

    intake = shelf.take(theirs[2:])

    assert intake.taken == kept(theirs[2:], life=2)
    assert (intake.head, intake.wanted) == (head_of(theirs), 5)
    assert shelf.causes() == {"journal_forked:device:7:1:3": {"number": 3}}
    assert shelf.take(theirs).taken == ()
    assert shelf.take(write("z", after=theirs)[4:]).head.n == 5
    assert len(shelf.cases) == 1


def test_another_story_whose_beginning_was_not_sent_is_asked_for_from_its_first_line() -> None:
    shelf, theirs = Shelf(), write("x", "y", "z", after=MINE[:2])
    shelf.take(MINE)

    intake = shelf.take(theirs[3:])
    whole = shelf.take(theirs)

    assert (intake.taken, intake.head, intake.wanted) == ((), head_of(MINE), 1)
    assert (whole.taken, whole.head) == (kept(theirs[2:], life=2), head_of(theirs))
    assert shelf.causes() == {
        "journal_forked:device:7:1:4": {"number": 4},
        "journal_forked:device:7:1:3": {"number": 3},
    }


def test_a_phone_that_begins_again_at_one_was_wiped() -> None:
    shelf, anew = Shelf(), write("x", "y")
    shelf.take(MINE)

    intake = shelf.take(anew)

    assert intake.taken == kept(anew, life=2)
    assert shelf.causes() == {"phone_wiped:device:7:1": {"number": 0, "known": 5}}


def test_a_line_that_was_changed_between_others_stops_the_reading() -> None:
    shelf = Shelf()
    changed = replace(MINE[2], previous=head_of(MINE[:1]).hash)

    intake = shelf.take([*MINE[:2], changed, *MINE[3:]])

    assert (intake.taken, intake.wanted) == (kept(MINE[:2]), 1)
    assert shelf.causes() == {"journal_forked:device:7:1:3": {"number": 3}}


@pytest.mark.parametrize(
    ("entry", "cause", "figures"),
    [
        (
            replace(MINE[1], at=MINE[1].at - 60_001 - 60_000),
            "clock_back:device:7:1:2",
            {"number": 2, "minutes_back": 2},
        ),
        (
            replace(MINE[1], at=MINE[1].at - 3 * 3_600_000),
            "clock_back:device:7:1:2",
            {"number": 2, "minutes_back": 180},
        ),
        (
            replace(MINE[1], at=milliseconds(NOW) + 3 * 3_600_000),
            f"clock_ahead:device:7:{SESSION}",
            {"number": 2, "minutes_ahead": 170},
        ),
    ],
)
def test_a_clock_that_was_set_back_or_is_ahead_is_a_case(
    entry: Entry, cause: str, figures: dict[str, int]
) -> None:
    shelf = Shelf()

    shelf.take([MINE[0], entry])

    assert {case.kind for case in shelf.cases.values()} == {CaseKind.CLOCK_JUMP}
    assert shelf.causes() == {cause: figures}


def test_time_that_jumps_ahead_is_a_phone_in_a_pocket() -> None:
    shelf = Shelf()

    shelf.take([MINE[0], replace(MINE[1], at=MINE[1].at + 50 * 60_000)])

    assert shelf.cases == {}


def test_a_clock_that_is_ahead_all_morning_is_one_case() -> None:
    shelf = Shelf()

    shelf.take(write("a", "b", "c", began_at=NOW + timedelta(hours=3)))

    assert len(shelf.cases) == 1


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), min_size=1, max_size=9))
def test_in_whatever_parts_a_journal_comes_it_is_here_in_the_end(
    parts: list[tuple[int, int]],
) -> None:
    journal = write(*map(str, range(sum(new for _, new in parts))))
    shelf, wanted = Shelf(), 1

    for known, new in parts:
        begin = max(0, wanted - 1 - known)
        wanted = shelf.take(journal[begin : wanted - 1 + new]).wanted

    assert tuple(shelf.kept) == kept(journal)
    assert shelf.cases == {}


def report_causes(
    shelf: Shelf, head: Head, *, before: Report | None = None, **given: Any
) -> dict[str, dict[str, Any]]:
    report = make_report(journal=head, **given)
    held = shelf.held(head.n, head.n + 1)
    found = report_cases(PHONE, report, held, before=before, off_max=TEN_MINUTES)
    return {case.reference: dict(case.details) for case in found}


def test_a_report_that_agrees_or_is_ahead_of_what_is_here_gives_nothing_to_see() -> None:
    shelf = Shelf()
    shelf.take(MINE[:3])

    assert report_causes(shelf, head_of(MINE[:3])) == {}
    assert report_causes(shelf, head_of(MINE)) == {}
    assert report_causes(Shelf(), EMPTY) == {}
    assert report_causes(Shelf(), head_of(MINE)) == {}


@pytest.mark.parametrize(
    "head", [EMPTY, Head(2, "ab" * 32), Head(3, head_of(write("x", "y", "z")).hash)]
)
def test_a_report_that_knows_less_than_is_here_says_that_the_phone_was_wiped(head: Head) -> None:
    shelf = Shelf()
    shelf.take(MINE)

    assert report_causes(shelf, head) == {"phone_wiped:device:7:1": {"number": head.n, "known": 5}}


def test_a_report_that_only_travelled_more_slowly_than_the_lines_after_it_is_no_case() -> None:
    shelf = Shelf()
    shelf.take(MINE)
    made_at = SAID_FIRST + timedelta(minutes=3)  # when its fourth line was written

    slow = report_causes(shelf, head_of(MINE[:3]), said_at=made_at + timedelta(minutes=1), at=NOW)
    forgot = report_causes(shelf, head_of(MINE[:3]), said_at=made_at + timedelta(minutes=2), at=NOW)

    assert list(slow) == ["clock_off:device:7:-2"]  # it says that it is 9:04, which is far too late
    assert list(forgot) == ["clock_off:device:7:-2", "phone_wiped:device:7:1"]


TOLD = make_report(journal=head_of(MINE))
LATER = NOW + timedelta(minutes=2)


def test_a_phone_that_lost_a_line_which_it_only_told_of_was_wiped() -> None:
    shelf = Shelf()
    shelf.take(MINE[:4])

    lost = report_causes(shelf, head_of(MINE[:4]), before=TOLD, at=LATER)

    assert lost == {"phone_wiped:device:7:1": {"number": 4, "known": 5}}


def test_a_line_that_was_told_of_and_has_become_another_is_a_case() -> None:
    shelf = Shelf()
    shelf.take(MINE[:4])
    other = write("x", after=MINE[:4])

    assert report_causes(shelf, head_of(other), before=TOLD, at=LATER) == {
        "journal_forked:device:7:1:5": {"number": 5}
    }
    assert report_causes(shelf, head_of(MINE), before=TOLD, at=LATER) == {}
    assert report_causes(shelf, head_of(write("y", after=MINE)), before=TOLD, at=LATER) == {}


def test_a_report_that_a_later_one_has_overtaken_tells_nothing() -> None:
    minute = timedelta(minutes=1)
    less = head_of(MINE[:4])
    soon, late = make_report(journal=less, at=NOW + minute), make_report(journal=less, at=LATER)

    assert report_causes(Shelf(), less, before=TOLD, at=NOW + minute) == {}
    assert is_overtaken(soon, TOLD)
    assert not is_overtaken(late, TOLD)
    assert not is_overtaken(replace(soon, said_at=LATER), TOLD)
    assert not is_overtaken(replace(soon, journal=head_of(MINE)), TOLD)
    assert not is_overtaken(soon, None)


@pytest.mark.parametrize(
    ("off", "found"),
    [
        (timedelta(minutes=10), {}),
        (timedelta(minutes=-10), {}),
        (timedelta(hours=3), {"clock_off:device:7:6": {"minutes_off": 180}}),
        (timedelta(hours=3, minutes=4), {"clock_off:device:7:6": {"minutes_off": 184}}),
        (timedelta(hours=-3), {"clock_off:device:7:-6": {"minutes_off": -180}}),
    ],
)
def test_a_phone_whose_clock_is_off_is_one_case_however_often_it_says_so(
    off: timedelta, found: dict[str, dict[str, int]]
) -> None:
    assert report_causes(Shelf(), EMPTY, said_at=NOW + off) == found


def test_a_line_is_read_as_it_was_written() -> None:
    journal = write("a", "", kind="shift", digest="ab" * 32)

    assert [read_entry(text) for text in texts(journal)] == journal


TEXT = texts(MINE[:1])[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        "NaN",
        "[" * 1000,
        TEXT[:-1],
        f" {TEXT}",
        TEXT.replace(",", ", ", 1),
        TEXT.replace('"n":1', '"n":1,"n":1'),
        TEXT.replace('"n":1', '"n":1.0'),
        TEXT.replace('"n":1', '"n":true'),
        TEXT.replace('"n":1', '"n":0'),
        TEXT.replace('"n":1', '"n":-1'),
        TEXT.replace('"n":1', '"n":9007199254740992'),
        TEXT.replace('"n":1', '"n":"1"'),
        TEXT.replace(GENESIS, GENESIS.upper().replace("0", "G")),
        TEXT.replace(GENESIS, "00"),
        TEXT.replace('"operation"', '"Chen was here"'),
        TEXT.replace('"subject":"a"', '"subject":"a\\n"'),
        TEXT.replace('"subject":"a"', f'"subject":"{"a" * 65}"'),
        TEXT.replace('"subject":"a"', '"subject":"\\ud800"'),
        TEXT.replace('"digest":""', '"digest":"0"'),
        TEXT.replace('"digest":""', '"digest":"","more":1'),
        TEXT.replace('"digest":"",', ""),
    ],
)
def test_a_line_that_is_written_in_any_other_way_is_none(text: str) -> None:
    assert text != TEXT
    assert read_entry(text) is None


@given(st.text(max_size=200))
def test_no_text_is_ever_raised_about(text: str) -> None:
    assert read_entry(text) is None
