"""The service agrees with the reference model over long random runs, on each engine.

`POINTS_LAWS=nightly` runs 10,000 sequences and more; `POINTS_LAWS_SEED` repeats a run's seed.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st

from points.domain import pins
from points.domain.facts import ALLOWANCE, Conflict, Outcome, Replayed, Verdict
from tests.laws.commands import Allow, Command, ShowCode, runs
from tests.laws.kinds import Again, Ask, asks
from tests.laws.running import Run
from tests.laws.stage import Stage
from tests.laws.world import PIN
from tests.market import LI_CARD, WANG_CARD
from tests.reporting import LAWS_SEED

RUNS = {"ci": 100, "nightly": 5_000}[os.environ.get("POINTS_LAWS", "ci")]
SEED = int(os.environ[LAWS_SEED])
laws = settings(
    max_examples=RUNS,
    derandomize=False,  # each time other runs; a failure names its seed
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
def stage(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(pins, "_COST", 2)  # hashing is slow on purpose, and a run types many PINs
    stage = Stage(database_url, tmp_path / "kept.db")
    yield stage
    stage.database.dispose()


def test_every_answer_and_every_balance_is_as_the_model_says(
    stage: Stage, engine_name: str
) -> None:
    @seed(f"{SEED} {engine_name}")  # other runs on each engine
    @laws
    @given(runs)
    def agree(commands: Sequence[Command]) -> None:
        hold_against_model(stage, commands)

    agree()


def hold_against_model(stage: Stage, commands: Sequence[Command]) -> None:
    run = Run(stage)
    try:
        for command in commands:
            run.do(command)
        run.compare()
    except AssertionError:
        note(f"{LAWS_SEED}={SEED}\n" + "\n".join(run.told))
        raise


def test_a_batch_comes_to_the_same_in_parts(stage: Stage, engine_name: str) -> None:
    @seed(f"{SEED} {engine_name}")
    @settings(laws, max_examples=max(20, RUNS // 20))
    @given(st.lists(asks(), min_size=8, max_size=40), st.integers(1, 5))
    def agree(batch: Sequence[Ask | Again], size: int) -> None:
        hold_parts_against_whole(stage, batch, size)

    agree()


def hold_parts_against_whole(stage: Stage, batch: Sequence[Ask | Again], size: int) -> None:
    whole = with_pages(Run(stage))
    # A PIN is tried before a batch, which may make another's of what was that household.
    asked = whole.prove(whole.names.batch(batch, now=whole.clock, lots=whole.lots()))
    at_once = whole.post(asked)
    whole.compare()

    parts = with_pages(Run(stage))
    parts.model.lots_by_id = parts.lots()
    starts = range(0, len(asked), size)
    in_parts = [it for start in starts for it in parts.post(asked[start : start + size])]
    parts.compare()

    assert [without_numbers(it) for it in in_parts] == [without_numbers(it) for it in at_once]


def with_pages(run: Run) -> Run:
    """Let there be codes and allowances to spend in one batch or in many."""
    for command in PAGES:
        run.do(command)
    return run


PAGES: Sequence[Command] = (
    *(ShowCode(card, pin=None, later=timedelta(), batch=()) for card in (WANG_CARD, LI_CARD)),
    Allow(WANG_CARD, PIN, points_max=12, days=0, batch=()),
    Allow(LI_CARD, None, points_max=12, days=0, batch=()),
)


def without_numbers(outcome: Outcome) -> Outcome:
    """Leave out the numbers of cases and allowances: those of earlier runs were counted as well."""
    if isinstance(outcome, Replayed):
        return Replayed(without_number(outcome.first))
    return outcome if isinstance(outcome, Conflict) else without_number(outcome)


def without_number(verdict: Verdict) -> Verdict:
    details = {name: it for name, it in verdict.details.items() if name != ALLOWANCE}
    return replace(verdict, case=None, details=details)
