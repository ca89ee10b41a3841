"""PINs: what may be one, and how long whoever guesses must wait."""

from datetime import datetime, timedelta

import pytest

from points.domain.pins import Pin, PinFault, Tries, hash_pin, is_pin, read_pin
from tests.market import NOW

SALT = bytes(16)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("271836", Pin("271836")),
        (" ２７１８３６\n", Pin("271836")),
        ("27183", PinFault.NOT_SIX_DIGITS),
        ("2718360", PinFault.NOT_SIX_DIGITS),
        ("27183x", PinFault.NOT_SIX_DIGITS),
        ("", PinFault.NOT_SIX_DIGITS),
        ("888888", PinFault.TOO_PLAIN),
        ("123456", PinFault.TOO_PLAIN),
        ("567890", PinFault.TOO_PLAIN),
        ("654321", PinFault.TOO_PLAIN),
    ],
)
def test_a_pin_is_six_digits_that_nobody_tries_first(typed: str, read: object) -> None:
    assert read_pin(typed) == read


def test_a_pin_is_known_by_its_hash_and_no_other_is() -> None:
    kept = hash_pin("271836", SALT)

    assert is_pin("２７１８３６ ", SALT, kept)
    assert not is_pin("271837", SALT, kept)
    assert not is_pin("271836", b"another salt 123", kept)
    assert (len(kept), b"271836" in kept) == (32, False)


def test_whoever_guesses_waits_longer_each_time() -> None:
    tries, waits = Tries(), []
    for _ in range(10):
        tries = tries.after(NOW)
        waits.append(tries.locked_until and (tries.locked_until - NOW) // timedelta(minutes=1))

    assert waits == [None, None, 1, 5, 30, 120, 480, 1440, 1440, 1440]


@pytest.mark.parametrize(
    ("now", "is_locked"),
    [
        (NOW, True),
        (NOW + timedelta(seconds=59), True),
        (NOW + timedelta(minutes=1), False),
        (NOW - timedelta(days=2), False),
    ],
)
def test_a_lock_ends_to_the_second_and_never_outlasts_a_clock_that_was_set_back(
    now: datetime, is_locked: object
) -> None:
    assert Tries(3, NOW + timedelta(minutes=1)).is_locked(now) is is_locked
