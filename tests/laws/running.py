"""Run commands on a real database and on the model side by side; compare all that both hold."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, text

from points.domain.desk import NotDone
from points.domain.facts import Accepted, Asked, Conflict, Outcome, Refused, Replayed
from points.domain.ids import (
    AccountId,
    AccountKind,
    LotId,
    SystemAccount,
    account_kind,
    budget,
    device_number,
    goods,
    leased,
    owed,
    system,
    wallet,
)
from points.domain.operations import CardRef
from points.service.cards import freeze_card, replace_card, thaw_card
from points.service.confirming import check_pin
from points.service.posting import Book, post
from points.service.sweeping import sweep
from points.service.transactions import snapshot
from points.storage.columns import table_of
from points.storage.ledger import AccountRow, ChainRow, LotRow
from tests.desk import Dice
from tests.laws.commands import (
    Allow,
    Command,
    EndAllowance,
    Indebt,
    Post,
    Restart,
    SetClock,
    SetPin,
    ShowCode,
    StopCard,
    Sweep,
)
from tests.laws.desk import Answer
from tests.laws.kinds import Again, Ask
from tests.laws.lots import Lot
from tests.laws.model import Model
from tests.laws.naming import Names, Typed
from tests.laws.paging import compare_pages, turn_page
from tests.laws.stage import Stage
from tests.laws.trust import Pin
from tests.laws.world import COMMUNITIES, PIN, REVOKED, make_cards, make_world
from tests.market import LI, NOW, SINCE_EVER, WANG, ZHAO
from tests.save import opening

WORLD = make_world()
_TICK = timedelta(microseconds=1)
_account, _chain, _lot = table_of(AccountRow), table_of(ChainRow), table_of(LotRow)


class Run:
    """One book and one model, told the same things."""

    def __init__(self, stage: Stage) -> None:
        stage.clear()
        self.stage = stage
        self.clock, self.last = NOW, SINCE_EVER
        self.model = Model(WORLD, dict(COMMUNITIES), make_cards())
        self.model.revoked.add(REVOKED.id)
        self.names = Names(self.model)
        self.told: list[str] = []
        self.model.pins = {household: Pin(PIN) for household in (WANG, LI)}
        self.dice = Dice()
        self.post(opening(WORLD, {WANG: 3, LI: 9, ZHAO: 9}))

    @property
    def now(self) -> datetime:
        """When the next batch will be posted: by the clock, but after all that it follows."""
        return max(self.clock, self.last + _TICK)

    @property
    def book(self) -> Book:
        return Book(self.stage.database, lambda: self.clock, self.stage.catalogs)

    def do(self, command: Command) -> None:
        self.told.append(f"{self.now}: {type(command).__name__}")
        match command:
            case Post(batch, is_by_clock):
                self.ask(batch, now=self.clock if is_by_clock else self.now)
            case Indebt(household, points):
                for asked in self.names.debt(household, points, now=self.now):
                    self.post([asked])
            case SetClock(step, None):
                self.clock += step
            case SetClock(_, datetime() as to):
                self.clock = max(self.clock, to)
            case StopCard():
                self.stop(command)
            case Sweep():
                self.sweep()
            case Restart():
                self.stage.restart()
            case SetPin() | ShowCode() | Allow() | EndAllowance():
                turn_page(self, command)

    def ask(self, batch: Sequence[Ask | Again], *, now: datetime) -> None:
        self.post(self.prove(self.names.batch(batch, now=now, lots=self.lots())))

    def prove(self, batch: Sequence[Typed]) -> list[Typed]:
        """Try what was typed as PINs, as the doors do before anything is posted."""
        return [it if it.typed is None else self._with_pin(it, it.typed) for it in batch]

    def _with_pin(self, asked: Typed, typed: str) -> Typed:
        card = getattr(asked.operation, "card", CardRef(""))
        checked = check_pin(self.stage.database, card, typed, now=self.clock)
        holder = self.model.holder(card)
        due = self.model.try_pin(holder, typed, self.clock) if holder else None
        assert checked == due, f"the PIN of {asked.key}: {checked}, the model says {due}"
        return replace(asked, pin=checked)

    def post(self, batch: Sequence[Asked]) -> list[Outcome]:
        now = self.now
        outcomes = post(self.book, batch)
        for asked, outcome in zip(batch, outcomes, strict=True):
            said, due = answer_of(outcome), self.model.tell(asked, now, self.clock)
            name = f"{asked.key} by {asked.credential.id}"
            self.told.append(f"  {name}: {asked.operation}, {asked.pin} -> {due}")
            assert said == due, f"{name}: the service says {said}, the model {due}"
        self.follow(now, must=any(isinstance(it, Accepted) for it in outcomes))
        return outcomes

    def sweep(self) -> None:
        now = self.now
        due = [it for it in self.model.lots if it.left and it.ends <= self.clock]
        points = sum(it.left for it in due)
        assert sweep(self.book, now=self.clock, confirmed=True).points == points
        self.model.expire(due, self.clock)
        self.follow(now, must=bool(due))

    def follow(self, now: datetime, *, must: bool = False) -> None:
        """See when the book was written last: now, or where nothing had to be, as before.

        What it only notes, such as a refusal, takes an instant of its own as well.
        """
        with snapshot(self.stage.database) as connection:
            last = max(connection.execute(select(_chain.c.last_at)).scalars())
        expected = {now} if must else {now, self.last}
        assert last in expected, f"the book was written at {last}, the model says {now}"
        self.last = last

    def stop(self, command: StopCard) -> None:
        database, cards = self.stage.database, self.model.cards
        number, by = cards[command.card].number, cards[command.by].number
        match command.how:
            case "freeze":
                done = freeze_card(database, number, now=self.clock)
                is_due = self.model.freeze(command.card, self.clock)
            case "thaw":
                done = thaw_card(database, number, now=self.clock)
                is_due = self.model.thaw(command.card)
            case _:
                done = replace_card(database, number, by=by, now=self.clock)
                is_due = self.model.replace(command.card, command.by, self.clock)
        assert (not isinstance(done, NotDone)) is is_due, f"{command}: {done}"

    def lots(self) -> dict[LotId, Lot]:
        """Give the model's lots by the numbers that the book gave them."""
        with snapshot(self.stage.database) as connection:
            numbers = [LotId(row.id) for row in _lots_with_points(connection)]
        return dict(zip(numbers, self.model.with_points(), strict=True))

    def compare(self) -> None:
        """Hold every balance and lot of the book against the model, and against its entries."""
        with snapshot(self.stage.database) as connection:
            lots = [
                (row.account, row.expires_at, row.remaining, row.amount)
                for row in _lots_with_points(connection)
            ]
            balances = {it.id: it.balance for it in connection.execute(select(_account))}
            entries = connection.execute(text(_SUMS)).all()
        due = self.model.with_points()
        assert lots == [(wallet(it.owner), it.ends, it.left, it.amount) for it in due]
        # What a phone has with it has no row before there is anything.
        assert {it: held for it, held in balances.items() if held or not is_leased(it)} == (
            self.balances_due() | self.leases_due()
        )
        moved = {AccountId(account): int(amount) for account, amount in entries}
        assert_nothing_made_or_lost(balances, moved)
        compare_pages(self)

    def balances_due(self) -> dict[AccountId, int]:
        held, households = self.model.held, COMMUNITIES
        return (
            {wallet(it): self.model.balance(it) for it in households}
            | {owed(it): held["owed", it] for it in households}
            | {goods(number): held[shelf] for shelf, number in WORLD.shelves.items()}
            | {budget(number): held["budget", item] for item, number in WORLD.budgets.items()}
        )

    def leases_due(self) -> dict[AccountId, int]:
        """Give what phones have with them; the model names that by phone and shelf."""
        by_phone = [it for it in self.model.held if isinstance(it, tuple) and it[0] == "leased"]
        return {
            leased(device_number(device) or 0, WORLD.shelves[shelf]): held
            for name, device, shelf in by_phone
            if (held := self.model.held[name, device, shelf])
        }


def is_leased(account: int) -> bool:
    return account_kind(AccountId(account)) is AccountKind.LEASED


POINTS_COME_FROM = (SystemAccount.ISSUED, SystemAccount.ADJUSTED, SystemAccount.SLIPS)
POINTS_GO_TO = (SystemAccount.REDEEMED, SystemAccount.EXPIRED)
_SUMS = """
SELECT account, SUM(amount) FROM (
    SELECT credit AS account, amount FROM entry UNION ALL SELECT debit, -amount FROM entry
) AS moved GROUP BY account
"""


def assert_nothing_made_or_lost(
    balances: dict[AccountId, int], moved: dict[AccountId, int]
) -> None:
    """Every account holds what its entries brought; households hold what was given and not used."""
    debts = {owed(household) for household in COMMUNITIES}
    found = {it: -moved.get(it, 0) if it in debts else moved.get(it, 0) for it in balances}
    assert found == balances
    sides = {side: moved.get(system(side), 0) for side in SystemAccount}
    given = -sum(sides[side] for side in POINTS_COME_FROM)
    used = sum(sides[side] for side in POINTS_GO_TO)
    assert given - used == sum(balances[wallet(it)] - balances[owed(it)] for it in COMMUNITIES)


def answer_of(outcome: Outcome) -> Answer:
    match outcome:
        case Accepted(points=points, balance=balance):
            return ("accepted", points, balance)
        case Refused(reason=reason):
            return ("refused", reason)
        case Replayed(first):
            return ("replayed", answer_of(first))
        case Conflict():
            return ("conflict",)


def _lots_with_points(connection: Connection) -> Sequence[LotRow]:
    live = select(LotRow).where(_lot.c.remaining > 0)
    ordered = live.order_by(_lot.c.account, _lot.c.expires_at, _lot.c.id)
    return connection.execute(ordered).all()  # type: ignore[return-value]
