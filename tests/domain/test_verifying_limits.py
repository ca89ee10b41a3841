from dataclasses import replace
from datetime import timedelta

import pytest

from points.domain.calendar import Calendar
from points.domain.findings import Code, Findings
from points.domain.operations import Phase
from points.domain.programme import Catalog
from points.domain.stored import ActLine
from points.domain.verifying_limits import LimitCheck
from tests.build import (
    ask,
    make_catalog,
    make_device,
    make_earn,
    make_redeem,
    make_undo,
    with_version,
)
from tests.lines import lines_of, open_book
from tests.market import (
    BIN_BAGS,
    CHECK_IN,
    GAME,
    HAND_IN,
    LI,
    NOW,
    PROGRAMME,
    SHIFT,
    SORTING,
    STAMP,
    WANG,
)
from tests.memory import Memory

CATALOG = make_catalog()
HOUR = 3_600_000_000
LATER = NOW + timedelta(hours=1)


def acts_of(book: Memory) -> list[ActLine]:
    return [act for act in lines_of(book).acts() if act.household == WANG]


def act(item: str, *, kind: str = "earn", points: int = 5, quantity: int = 1) -> ActLine:
    """Give an act that was posted, in the place of another."""
    book = open_book({WANG: 100})
    book.tell(ask(make_earn()))
    earned = acts_of(book)[-1]
    return earned._replace(item=item, kind=kind, points=points, quantity=quantity)


def exceeded(*acts: ActLine, catalog: Catalog = CATALOG) -> list[tuple[object, object]]:
    findings = Findings()
    LimitCheck(catalog, Calendar(catalog.programme), findings).check(acts)
    assert {one.code for one in findings.items} <= {Code.LIMIT_EXCEEDED}
    return [(one.expected, one.found) for one in findings.items]


def test_what_was_posted_exceeds_nothing() -> None:
    book = open_book({WANG: 100})
    for asked in (
        ask(make_earn(), key="once"),
        ask(make_undo("once")),
        ask(make_earn()),
        ask(make_redeem(quantity=2), key="two"),
        ask(make_undo("two")),
        ask(make_redeem(quantity=2)),
        ask(make_earn(activity=SHIFT.key, phase=Phase.CHECK_IN)),
        ask(make_earn(activity=SORTING.key)),
        ask(make_earn(activity=SORTING.key)),
    ):
        book.tell(asked)

    assert len(acts_of(book)) == 10
    assert exceeded(*acts_of(book)) == []


def test_more_times_than_allowed_are_named() -> None:
    one = act(CHECK_IN.key)

    assert exceeded(one) == []
    assert exceeded(one, one) == [(1, 2)]


def test_what_was_undone_does_not_count() -> None:
    one = act(CHECK_IN.key)

    assert exceeded(one._replace(undone_by=99), one) == []


def test_other_activities_and_other_residents_do_not_count() -> None:
    quiz = act("market/quiz")

    assert exceeded(act(CHECK_IN.key), quiz, quiz._replace(resident=77)) == []
    assert exceeded(quiz, quiz) == [(1, 2)]


def test_stamps_are_counted_by_booth() -> None:
    stamp = act(STAMP.key)

    assert exceeded(stamp, stamp._replace(booth="market/2")) == []
    assert exceeded(stamp, stamp) == [(1, 2)]


def test_the_end_of_a_shift_is_no_second_visit() -> None:
    limited = replace(SHIFT, times=CHECK_IN.times)
    catalog = make_catalog(limited)
    begins = act(SHIFT.key)._replace(details='{"phase": "check_in"}')
    ends = begins._replace(details='{"phase": "check_out"}')

    assert exceeded(begins, ends, catalog=catalog) == []
    assert exceeded(begins, begins, catalog=catalog) == [(1, 2)]


@pytest.mark.parametrize(("minutes", "is_too_soon"), [(9, True), (10, False), (-9, True)])
def test_a_pause_that_was_not_kept_is_named(minutes: int, is_too_soon: bool) -> None:  # noqa: FBT001
    first = act(GAME.key)
    second = first._replace(occurred_at=first.occurred_at + minutes * 60_000_000)

    assert bool(exceeded(first, second)) is is_too_soon


def test_of_many_only_the_nearest_can_be_too_near() -> None:
    catalog = make_catalog(replace(GAME, times=()))
    first = act(GAME.key)
    row = [first._replace(occurred_at=first.occurred_at + place * HOUR) for place in range(5)]
    between = first._replace(occurred_at=first.occurred_at + 2 * HOUR + 60_000_000)

    assert exceeded(*row, catalog=catalog) == []
    assert len(exceeded(*row, between, catalog=catalog)) == 1


def test_more_points_of_an_activity_than_a_day_gives_are_named() -> None:
    paper = act(HAND_IN.key, points=30)

    assert exceeded(paper, paper) == [(50, 60)]
    assert exceeded(paper, paper._replace(local_day="2019-12-06")) == []


def test_more_points_of_an_activity_than_it_gives_are_named() -> None:
    catalog = make_catalog(replace(HAND_IN, points_max_per_event=40))
    paper = act(HAND_IN.key, points=30)

    assert exceeded(paper, paper._replace(local_day="2019-12-06"), catalog=catalog) == [(40, 60)]


def test_more_points_than_the_programme_gives_on_a_day_are_named() -> None:
    sorted_ = act(SORTING.key, points=15)

    assert exceeded(sorted_, sorted_) == [(20, 30)]
    assert exceeded(sorted_, act("market/quiz", points=15)) == []


def test_goods_beyond_a_households_share_are_named() -> None:
    bags = act(BIN_BAGS.key, kind="redeem", points=-30, quantity=2)

    assert exceeded(bags) == []
    assert exceeded(bags, bags) == [(2, 4)]


def test_an_act_falls_under_the_version_that_it_names() -> None:
    twice = replace(CHECK_IN, times=(replace(CHECK_IN.times[0], times_max=2),))
    catalog = with_version(CATALOG, twice, valid_from=LATER)
    first, second = act(CHECK_IN.key), act(CHECK_IN.key)._replace(version=2)

    assert exceeded(first, second, catalog=catalog) == []
    assert exceeded(second, first, catalog=catalog) == [(1, 2)]
    assert exceeded(first, second, second, catalog=catalog) == [(2, 3)]


def test_an_activity_that_came_to_count_towards_the_day_is_left_out() -> None:
    before = replace(SORTING, counts_towards_day=False)
    catalog = with_version(make_catalog(before), SORTING, valid_from=LATER)
    one = act(SORTING.key, points=15)._replace(version=2)

    assert exceeded(one, one, catalog=catalog) == []


def test_a_cap_that_was_lifted_caps_nothing() -> None:
    free = replace(PROGRAMME, points_per_day_max=None)
    one = act(SORTING.key, points=15)

    assert exceeded(one, one, catalog=make_catalog(free)) == []


def test_what_is_not_in_the_catalog_has_no_limit() -> None:
    gone = act("market/gone")

    assert exceeded(gone, gone, gone._replace(kind="redeem")) == []


def test_households_are_counted_apart() -> None:
    book = open_book({WANG: 100, LI: 100})
    book.tell(ask(make_earn(), by=make_device()))
    findings = Findings()
    check = LimitCheck(CATALOG, Calendar(CATALOG.programme), findings)

    for _ in range(2):
        check.check(acts_of(book))

    assert findings.items == []
