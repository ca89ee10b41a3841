"""A way through everything that can be asked for: always the same for the same seed."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from points.domain.access import OPERATOR, Credential, Role
from points.domain.facts import Accepted, Asked, Facts, Outcome, Refused, Replayed
from points.domain.ids import BoothKey, HouseholdId, OperationId, account_owner
from points.domain.operations import (
    Adjust,
    CardRef,
    CashSlip,
    CloseBuilding,
    CountStock,
    Expire,
    IssueSlip,
    LeaseStock,
    Merge,
    MoveStock,
    Operation,
    OperationKey,
    Phase,
    ReceiveStock,
    Redeem,
    ReturnStock,
    SetBudget,
    Share,
    SlipRef,
    card_by_code,
    slip_by_code,
)
from points.domain.programme import Activity, Reward
from points.service.posting import make_book, post
from points.service.transactions import transaction
from points.storage.engine import Database
from tests.build import (
    ask,
    make_card,
    make_catalog,
    make_device,
    make_earn,
    make_facts,
    make_redeem,
    make_undo,
)
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    GAME,
    HAND_IN,
    HOUSEHOLDS,
    MARKET,
    NOW,
    QUIZ,
    REDEEMING,
    SHIFT,
    SORTING,
    STAMP,
    TOWEL,
)
from tests.memory import Memory
from tests.save import WallClock, opening, save_catalog, save_household, save_people

ANONYMOUS = tuple(HouseholdId(number) for number in (4, 5, 6))
"""Households that are a card and nothing more, beside Wang, Li and Zhao."""

CATALOG = make_catalog(
    replace(MARKET, points_budget=600),
    replace(CLEAN_UP, points_budget=300),
    replace(TOWEL, price=40),
)
_EVERYONE = (*HOUSEHOLDS, *ANONYMOUS)
_BOOTHS = [BoothKey(f"market/{number}") for number in range(1, 8)]
_REWARDS: list[Reward] = [BIN_BAGS, replace(TOWEL, price=40)]
_SEVERAL = (1, 1, 1, 2, 3, 8)
_MINUTES = (0, 0, 0, 1, 2)
_MINUTES_AGO = (0,) * 12 + (2, 4, 8, 15, -30)

Choice = TypeVar("Choice")


def facts_before() -> Facts:
    """Give the state in which a walk begins: everything set up, nothing posted."""
    facts = make_facts(catalog=CATALOG)
    cards = {
        card_by_code(bytes([owner]) * 32): make_card(owner, resident=None) for owner in ANONYMOUS
    }
    return replace(
        facts,
        next_operation=OperationId(1),
        cards={**facts.cards, **cards},
        communities={**facts.communities, **dict.fromkeys(ANONYMOUS)},
        accounts={},
        granted={},
    )


def take_walk(database: Database, *, seed: int, batches: int) -> Memory:
    """Walk in an empty database and in memory, told the same at every step; give the memory.

    After five sixths of the way all that was earned before has ended.
    """
    memory, clock = Memory(facts_before()), WallClock()
    walk, book = Walk(seed, memory), make_book(database, clock)
    with transaction(database) as connection:
        save_catalog(connection, CATALOG)
        save_people(connection)
        for owner in ANONYMOUS:
            save_household(connection, owner, fingerprint=bytes([owner]) * 32)
    assert bare(post(book, opening(CATALOG, {}))) == memory.post(*opening(CATALOG, {}))
    for step in range(batches):
        if step == batches * 5 // 6:
            walk.leap()
        batch = walk.batch()
        clock.now = max(walk.now, memory.facts.now)
        memory.set(clock.now)
        assert bare(post(book, batch)) == memory.post(*batch), step
    return memory


def bare(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Leave out the numbers of cases, which are given where they are kept."""
    return [without_case(outcome) for outcome in outcomes]


def without_case(outcome: Outcome) -> Outcome:
    match outcome:
        case Accepted() | Refused():
            return replace(outcome, case=None)
        case Replayed(first):
            return Replayed(replace(first, case=None))
        case _:
            return outcome


class Walk:
    """Batches of operations, each at its instant, that look at what the book holds by then."""

    def __init__(self, seed: int, book: Memory) -> None:
        self._book = book
        self.now: datetime = NOW
        self._chance = random.Random(seed)
        self._names = count()
        self._asked: list[Asked] = []
        self._acts: list[Callable[[], Asked]] = [
            *[self._earn] * 12,
            *[self._redeem] * 6,
            *[self._undo] * 6,
            *[self._slip, self._slip, self._cash, self._cash, self._cash],
            *[self._receive, self._move, self._count, self._budget],
            *[self._adjust, self._adjust, self._expire],
            *[self._clean_up, self._clean_up, self._close, self._share, self._share],
            *[self._lease, self._lease, self._give_back, *[self._handout] * 4],
        ]

    def batch(self) -> list[Asked]:
        """Go one batch further."""
        self.now += timedelta(minutes=self._pick(_MINUTES))
        batch = [self._step() for _ in range(self._pick(_SEVERAL))]
        self._asked += batch
        return batch

    def leap(self) -> None:
        """Go on when all that was earned so far has ended."""
        self.now += timedelta(days=400)

    def _step(self) -> Asked:
        one = self._merge() if self._happens(0.02) else self._pick(self._acts)()
        if self._asked and self._happens(0.15):
            earlier = self._pick(self._asked)
            again = replace(one, credential=earlier.credential, key=earlier.key)
            return self._pick([earlier, earlier, again])
        return one

    def _earn(self) -> Asked:
        grams = {self._pick(["paper", "metal", "mud"]): self._pick([0, 1, 999, 12_345])}
        acts: list[tuple[Activity, dict[str, Any]]] = [
            (CHECK_IN, {}),
            (GAME, {}),
            (QUIZ, {"quantity": self._pick([-1, 0, 7, 12])}),
            (HAND_IN, {"grams": grams}),
            (STAMP, {}),
            (SHIFT, {"phase": self._pick(list(Phase))}),
            (SORTING, {}),
        ]
        activity, more = self._pick(acts)
        earn = make_earn(activity=activity.key, card=self._card(), occurred_at=self._when())
        numbers = [number for number, booth in BOOTHS.items() if activity.key in booth.activities]
        booth = BoothKey(f"market/{self._pick(numbers)}")
        return self._ask(replace(earn, **more), self._phone(booth))

    def _clean_up(self) -> Asked:
        phone = make_device(event=CORRIDORS.key, booth=None, number=30)
        building = self._pick(["3", "5", "7"])
        scan = make_earn(activity=CLEAN_UP.key, card=self._card(), occurred_at=self._when())
        return self._ask(replace(scan, building=building), phone)

    def _redeem(self) -> Asked:
        reward = self._pick(_REWARDS)
        redeem = make_redeem(
            card=self._card(),
            reward=reward.key,
            quantity=self._pick([1] * 9 + [0, 2, 5]),
            price_shown=reward.price + self._happens(0.05),
            reserve="elders" if reward.reserved_for and self._happens(0.3) else "",
            occurred_at=self._when(),
        )
        return self._ask(redeem, self._phone(REDEEMING))

    def _lease(self) -> Asked:
        return self._ask(LeaseStock(**self._with_phone([0, 2, 5, 60])), self._at_counter())

    def _give_back(self) -> Asked:
        return self._ask(ReturnStock(**self._with_phone([1, 1, 2])), self._at_counter())

    def _with_phone(self, pieces: Sequence[int]) -> dict[str, Any]:
        return {
            "reward": self._pick(_REWARDS).key,
            "booth": REDEEMING,
            "device": self._phone(REDEEMING).id,
            "quantity": self._pick(pieces),
            "occurred_at": self.now,
        }

    def _at_counter(self) -> Credential:
        return self._pick([self._phone(REDEEMING), self._phone(REDEEMING), OPERATOR])

    def _handout(self) -> Asked:
        asked = self._redeem()
        redeem = asked.operation
        assert isinstance(redeem, Redeem)
        return replace(asked, operation=replace(redeem, is_offline=True))

    def _undo(self) -> Asked:
        posted = [one for one in self._book.posted if one.ref.key.startswith("walk")]
        if not posted:
            return self._earn()
        earlier = self._pick(posted[-20:]).ref
        asked = next(one for one in self._asked if one.ref == earlier)
        by = self._pick([asked.credential, asked.credential, OPERATOR])
        undo = make_undo(earlier.key, occurred_at=self.now, claws_back=self._happens(0.5))
        return self._ask(undo, by)

    def _slip(self) -> Asked:
        attempt = self._pick([None, None, "failed", f"walk-{self._chance.randrange(200)}"])
        issue = IssueSlip(
            slip=self._paper(),
            points=self._pick([5, 5, 30, 0]),
            last_day=DAY + timedelta(days=self._pick([600, 600, 0, -1])),
            occurred_at=self.now,
            attempt=None if attempt is None else OperationKey(attempt),
        )
        return self._ask(issue, self._pick([self._phone(), OPERATOR]))

    def _cash(self) -> Asked:
        slip = self._pick([*self._book.facts.slips, self._paper()])
        cash = CashSlip(slip=slip, card=self._card(), occurred_at=self._when())
        return self._ask(cash, self._phone(REDEEMING))

    def _receive(self) -> Asked:
        return self._ask(
            ReceiveStock(
                reward=self._pick(_REWARDS).key,
                booth=self._pick(_BOOTHS),
                quantity=self._pick([0, 3, 10]),
                reserve=self._pick(["", "elders"]),
                occurred_at=self.now,
            )
        )

    def _move(self) -> Asked:
        return self._ask(
            MoveStock(
                reward=self._pick(_REWARDS).key,
                source=self._pick([REDEEMING, *_BOOTHS]),
                booth=self._pick(_BOOTHS),
                quantity=self._pick([0, 2, 50]),
                occurred_at=self.now,
            )
        )

    def _count(self) -> Asked:
        return self._ask(
            CountStock(
                reward=self._pick(_REWARDS).key,
                booth=self._pick(_BOOTHS),
                counted=self._pick([-1, 0, 4, 20]),
                reason="counted",
                occurred_at=self.now,
            )
        )

    def _budget(self) -> Asked:
        item = self._pick([MARKET.key, CLEAN_UP.key, "nothing"])
        size = self._pick([0, 100, 1000])
        return self._ask(SetBudget(item=item, points=size, occurred_at=self.now))

    def _adjust(self) -> Asked:
        return self._ask(
            Adjust(
                household=self._pick(_EVERYONE),
                points=self._pick([60, 60, 60, 20, -5, -30, 0]),
                reason="the paper list",
                approver="operator:desk",
                occurred_at=self.now,
            )
        )

    def _expire(self) -> Asked:
        held = [lot for lot in self._book.facts.lots if lot.remaining]
        if not held:
            return self._earn()
        lot = self._pick(held)
        household = HouseholdId(account_owner(lot.account))
        return self._ask(Expire(lot=lot.id, household=household, occurred_at=self.now))

    def _merge(self) -> Asked:
        source, into = self._pick(_EVERYONE), self._pick(_EVERYONE)
        return self._ask(Merge(source=source, into=into, occurred_at=self.now))

    def _close(self) -> Asked:
        return self._ask(
            CloseBuilding(
                activity=CLEAN_UP.key,
                building=self._pick(["3", "5"]),
                period="2019-12",
                occurred_at=self.now,
            )
        )

    def _share(self) -> Asked:
        return self._ask(
            Share(
                activity=CLEAN_UP.key,
                building=self._pick(["3", "5"]),
                period="2019-12",
                household=self._pick(_EVERYONE),
                place=self._pick([1, 1, 1, 2, 2, 3, 0]),
                occurred_at=self.now,
            )
        )

    def _ask(self, operation: Operation, by: Credential = OPERATOR) -> Asked:
        return ask(operation, key=f"walk-{next(self._names)}", by=by)

    def _phone(self, booth: BoothKey | None = None) -> Credential:
        place = booth or self._pick(_BOOTHS)
        role = self._pick([Role.REDEEM, Role.SUPERVISOR])
        return make_device(booth=place, role=role, number=_BOOTHS.index(place))

    def _card(self) -> CardRef:
        return card_by_code(bytes([self._pick((*_EVERYONE, 99))]) * 32)

    def _paper(self) -> SlipRef:
        return slip_by_code(bytes([self._pick(range(8))]))

    def _when(self) -> datetime:
        return self.now - timedelta(minutes=self._pick(_MINUTES_AGO))

    def _happens(self, chance: float) -> bool:
        return self._chance.random() < chance

    def _pick(self, choices: Sequence[Choice]) -> Choice:
        return self._chance.choice(choices)
