"""Who knocks too often waits, and keeps nobody else waiting."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from points.web.problems import Fault, Problem
from points.web.throttle import OF_ALL, OF_EACH, Throttle
from tests.market import NOW
from tests.save import WallClock


@pytest.fixture
def clock() -> WallClock:
    return WallClock()


@pytest.fixture
def throttle(clock: WallClock) -> Throttle:
    return Throttle(clock=clock)


def passes(throttle: Throttle, address: str) -> bool:
    try:
        throttle.admit(address)
    except Problem as problem:
        return problem.code is not Fault.TOO_MANY_REQUESTS
    return True


def admitted(throttle: Throttle, tries: int, address: Callable[[int], str]) -> int:
    return sum(passes(throttle, address(number)) for number in range(tries))


def test_one_address_is_let_so_often_and_keeps_nobody_else_waiting(throttle: Throttle) -> None:
    mine = admitted(throttle, 40, lambda _: "203.0.113.7")

    assert mine == OF_EACH.at_once
    assert passes(throttle, "203.0.113.8")


def test_whoever_waits_is_told_how_long_and_let_in_then(
    throttle: Throttle, clock: WallClock
) -> None:
    admitted(throttle, 40, lambda _: "203.0.113.7")

    with pytest.raises(Problem) as refused:
        throttle.admit("203.0.113.7")
    clock.now += timedelta(seconds=2)

    assert refused.value.headers == {"Retry-After": "2"}
    assert passes(throttle, "203.0.113.7")


def test_all_together_are_let_only_so_often(throttle: Throttle) -> None:
    assert admitted(throttle, 400, lambda number: f"203.0.{number}.7") == OF_ALL.at_once


@pytest.mark.parametrize(
    ("address", "let_in"),
    [
        (lambda number: f"2001:db8:7:7::{number:x}", OF_EACH.at_once),
        (lambda number: f"2001:db8:7:{number:x}::7", 40),
        (lambda number: f"::ffff:203.0.113.{number}", 40),
        (lambda _: "", OF_EACH.at_once),
        (lambda _: "a socket", OF_EACH.at_once),
    ],
)
def test_a_network_counts_once_whatever_addresses_it_has(
    throttle: Throttle, address: Callable[[int], str], let_in: int
) -> None:
    assert admitted(throttle, 40, address) == let_in


def test_no_number_of_addresses_fills_the_memory(throttle: Throttle, clock: WallClock) -> None:
    for number in range(10_050):
        clock.now = NOW + timedelta(seconds=number)
        throttle.admit(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert len(throttle._of) == 10_000
