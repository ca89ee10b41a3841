"""Phones: many in each process, each with a thread and a connection of its own."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from points.client import Client, Outcome, Pace, asking
from points.domain.operations import Kind
from points.domain.programme import Reward
from points.domain.slip_codes import SLIP_BYTES, make_slip_code
from tests.races.seams import Wall
from tests.races.startline import Gate, Racer, Racers

PHONES_MAX = 20
PATIENCE = httpx.Timeout(30)  # a busy machine is no failure
SLIP_POINTS = 5

Item = Mapping[str, Any]
Run = Sequence[Sequence[Item]]
"""What one phone sends: requests, one after another, each of some operations."""


@dataclass(frozen=True, slots=True)
class Phones:
    """Starts a process of phones at one service. Its part is a run for each phone.

    Nothing is sent twice: what the service cannot do at the first try, the race has lost.
    """

    base_url: str
    token: str
    wall: Wall

    @contextmanager
    def __call__(self) -> Iterator[Racer]:
        asking._TIMEOUT = PATIENCE
        pace = Pace(tries_max=1, clock=self.wall)
        with (
            Client(self.base_url, self.token, verify=False, pace=pace) as phone,
            ThreadPoolExecutor(PHONES_MAX) as threads,
        ):

            def go(run: Run) -> list[list[Outcome]]:
                return [phone.operate(request) for request in run]

            yield lambda runs: list(threads.map(go, runs))


class Crowd:
    """Phones in several processes that all ask at once."""

    def __init__(self, processes: Racers, gate: Gate) -> None:
        self._processes = processes
        self._gate = gate

    def go(self, runs: Sequence[Run]) -> list[list[list[Outcome]]]:
        """Let a phone make each run, dealt out to the processes; give each run's answers."""
        many = self._processes.count
        self._gate.close(until=len(runs))
        told = self._processes.race(*(runs[number::many] for number in range(many)))
        return [told[number % many][number // many] for number in range(len(runs))]

    def ask(self, items: Sequence[Item]) -> list[Outcome]:
        """Let as many phones as there are operations send one each; give each one's answer."""
        return [request[0] for (request,) in self.go([[[item]] for item in items])]


def wish_for(reward: Reward, card: str, quantity: int = 1) -> Item:
    """Ask for goods."""
    asked = {"kind": Kind.REDEEM, "card": card, "reward": reward.key, "quantity": quantity}
    return asked | {"price_shown": reward.price}


def slip_from(random_bytes: bytes) -> Item:
    """Give a slip out, as a supervisor's phone does."""
    code = make_slip_code(random_bytes[:SLIP_BYTES])
    slip = {"kind": Kind.SLIP_ISSUED, "slip": code}
    return slip | {"points": SLIP_POINTS, "last_day": "2019-12-31"}
