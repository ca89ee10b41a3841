"""What holds for any run of acts, decided by the fold alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from points.domain.access import OPERATOR
from points.domain.batch import decide_batch
from points.domain.facts import ANY_BODY, Asked, Conflict, Facts, Outcome, Posted, Replayed
from points.domain.ids import (
    AccountId,
    AccountKind,
    HouseholdId,
    ResidentId,
    SystemAccount,
    account_kind,
    owed,
    wallet,
)
from points.domain.ledger import Account, side_sign, system_total
from points.domain.operations import (
    CardRef,
    CloseBuilding,
    Earn,
    Kind,
    Share,
    canonical,
    card_by_number,
    fingerprint,
)
from points.domain.periods import Period
from points.domain.programme import CleanUp
from tests.build import ask, make_card, make_earn, with_version
from tests.laws.acts import PERIOD, batches, caretaker, scarce_facts
from tests.market import BIN_BAGS, CLEAN_UP, HOUSEHOLDS, LI, NOW, SORTING, WANG, ZHAO, at
from tests.memory import Memory

many = settings(max_examples=200)
WAITS = st.integers(0, 30).map(lambda hours: timedelta(hours=hours))


def posted_alone(facts: Facts, batch: Sequence[Asked]) -> Memory:
    """Post each operation in a batch of its own, all at the same instant."""
    book = Memory(facts)
    for asked in batch:
        book.tell(asked)
        book.set(facts.now)
    return book


@many
@given(batches)
def test_sending_a_batch_again_pays_nothing_more(batch: list[Asked]) -> None:
    book = Memory(scarce_facts())
    book.post(*batch)
    settled = [asked for asked in batch if asked.ref in book.facts.settled]
    before = book.facts

    outcomes = book.post(*settled)

    assert outcomes == [first_answer(before, asked) for asked in settled]
    assert (book.facts.accounts, book.facts.lots) == (before.accounts, before.lots)


def first_answer(facts: Facts, asked: Asked) -> Outcome:
    settled = facts.settled[asked.ref]
    paid_by_slip = settled.fingerprint == ANY_BODY and isinstance(asked.operation, Earn)
    same = paid_by_slip or settled.fingerprint == fingerprint(canonical(asked.operation))
    return Replayed(settled.verdict) if same else Conflict()


@many
@given(batches)
def test_asking_for_everything_twice_in_one_batch_writes_nothing_more(batch: list[Asked]) -> None:
    once = decide_batch(scarce_facts(), batch)
    twice = decide_batch(scarce_facts(), [asked for one in batch for asked in (one, one)])

    assert replace(twice, outcomes=once.outcomes, has_replays=once.has_replays) == once
    assert twice.outcomes[::2] == once.outcomes


@many
@given(batches, st.integers(0, 25))
def test_splitting_a_batch_anywhere_changes_nothing(batch: list[Asked], place: int) -> None:
    facts = scarce_facts()
    whole, parts = Memory(facts), Memory(facts)

    outcomes = whole.post(*batch)
    first = parts.post(*batch[:place])
    parts.set(facts.now)
    second = parts.post(*batch[place:])

    assert first + second == outcomes
    assert parts.posted == whole.posted
    assert replace(parts.facts, now=facts.now) == replace(whole.facts, now=facts.now)


@many
@given(batches)
def test_one_by_one_or_all_at_once_is_the_same(batch: list[Asked]) -> None:
    facts = scarce_facts()
    whole = Memory(facts)
    whole.post(*batch)

    apart = posted_alone(facts, batch)

    assert apart.posted == whole.posted
    assert apart.facts == replace(whole.facts, now=facts.now)


@many
@given(st.lists(st.tuples(batches, WAITS), min_size=1, max_size=3))
def test_the_book_is_whole_after_any_run_of_batches(
    days: list[tuple[list[Asked], timedelta]],
) -> None:
    book = Memory(scarce_facts())
    start, now = book.facts, book.facts.now

    for batch, wait in days:
        book.post(*batch)
        now += wait
        book.set(now)

        assert_counted(start, book)
        assert_lots_hold_the_balances(book.facts)
        assert_points_are_conserved(start, book)
        assert_goods_and_budgets_are_conserved(start, book)
        assert_facts_are_stated_once(book.posted)


def assert_counted(start: Facts, book: Memory) -> None:
    """Recount every account from its entries: balance, order, and never below zero."""
    accounts = dict(start.accounts)
    for posted in book.posted:
        assert [entry.line for entry in posted.entries] == list(range(len(posted.entries)))
        for entry in posted.entries:
            for account, number, is_credit in (
                (entry.debit, entry.debit_seq, False),
                (entry.credit, entry.credit_seq, True),
            ):
                if account_kind(account) is AccountKind.SYSTEM:
                    assert number is None
                    continue
                before = accounts.get(account, Account())
                change = entry.amount * side_sign(account, is_credit=is_credit)
                accounts[account] = Account(before.balance + change, before.version + 1)
                assert number == before.version + 1
                assert accounts[account].balance >= 0
    assert accounts == book.facts.accounts
    assert [posted.id for posted in book.posted] == [*range(1000, 1000 + len(book.posted))]


def assert_lots_hold_the_balances(facts: Facts) -> None:
    held: Counter[AccountId] = Counter()
    for lot in facts.lots:
        assert 0 <= lot.remaining <= lot.amount - lot.expired
        held[lot.account] += lot.remaining
    for household in HOUSEHOLDS:
        balance = facts.accounts.get(wallet(household), Account()).balance
        assert held[wallet(household)] == balance
        assert not (balance and facts.accounts.get(owed(household), Account()).balance)


def assert_points_are_conserved(start: Facts, book: Memory) -> None:
    entries = [entry for posted in book.posted for entry in posted.entries]
    sides = {side: system_total(entries, side) for side in SystemAccount}
    outside = sum(
        sides[side]
        for side in (
            SystemAccount.ISSUED,
            SystemAccount.REDEEMED,
            SystemAccount.EXPIRED,
            SystemAccount.ADJUSTED,
            SystemAccount.SLIPS,
        )
    )
    slips = book.facts.slips.values()
    assert net(start) == net(book.facts) + outside
    assert sides[SystemAccount.MERGED] == sides[SystemAccount.GIFTED] == 0
    assert sides[SystemAccount.SLIPS] == sum(it.points for it in slips if not it.is_cashed)
    assert sides[SystemAccount.EXPIRED] == sum(posted.expired for posted in book.posted)


def net(facts: Facts) -> int:
    """Sum what households hold less what they owe."""
    signs = {AccountKind.WALLET: 1, AccountKind.OWED: -1}
    return sum(
        account.balance * signs.get(account_kind(number), 0)
        for number, account in facts.accounts.items()
    )


def total(facts: Facts, kind: AccountKind) -> int:
    found = facts.accounts.items()
    return sum(account.balance for number, account in found if account_kind(number) is kind)


def standing(book: Memory, kind: Kind) -> list[Posted]:
    """Give the operations of a kind that were not taken back."""
    return [it for it in book.posted if it.kind is kind and it.id not in book.facts.undone]


def assert_goods_and_budgets_are_conserved(start: Facts, book: Memory) -> None:
    entries = [entry for posted in book.posted for entry in posted.entries]
    goods_outside = (SystemAccount.SUPPLIED, SystemAccount.HANDED_OUT, SystemAccount.MISCOUNTED)
    moved = sum(system_total(entries, side) for side in goods_outside)
    assert total(start, AccountKind.GOODS) == total(book.facts, AccountKind.GOODS) + moved
    redeemed = standing(book, Kind.REDEEM)
    handed_out = system_total(entries, SystemAccount.HANDED_OUT)
    assert handed_out == sum(posted.quantity for posted in redeemed)
    awarded: Counter[str] = Counter()
    for posted in (*standing(book, Kind.EARN), *standing(book, Kind.SHARE)):
        awarded[str(posted.item)] += posted.points
        awarded[str(posted.event)] += posted.points
    for item, size in book.facts.granted.items():
        assert book.left_to_award(item) == size - awarded[item]


def assert_facts_are_stated_once(posted: Sequence[Posted]) -> None:
    references = [one.reference for one in posted if one.reference is not None]
    reversed_ones = [one.reverses for one in posted if one.reverses is not None]
    assert len(set(references)) == len(references)
    assert len(set(reversed_ones)) == len(reversed_ones)


@many
@given(batches)
def test_no_household_that_never_merged_gets_more_than_its_share(batch: list[Asked]) -> None:
    book = Memory(scarce_facts())
    book.post(*batch)
    merged = {*book.facts.stands, *book.facts.stands.values()}

    bags: Counter[int] = Counter()
    for posted in standing(book, Kind.REDEEM):
        if posted.item == BIN_BAGS.key and posted.household is not None:
            bags[posted.household] += posted.quantity
    sorted_today: Counter[int] = Counter()
    for posted in standing(book, Kind.EARN):
        if posted.item == SORTING.key and posted.household is not None:
            sorted_today[posted.household] += posted.points

    for household in {WANG, LI, ZHAO} - merged:
        assert (bags[household] <= 2, sorted_today[household] <= 20) == (True, True)


@many
@given(
    st.lists(st.integers(0, 2), min_size=1, max_size=9),
    st.integers(0, 30),
    st.none() | st.integers(0, 100),
)
def test_a_clean_up_is_shared_out_to_the_last_point(
    people: list[int], each: int, most: int | None
) -> None:
    rule = CleanUp(points_per_person=each, points_max=most, once_in=Period.MONTH)
    facts = scarce_facts()
    start = with_version(facts.catalog, replace(CLEAN_UP, rule=rule), valid_from=at("08:00"))
    residents = {card_by_number(str(place)): owner for place, owner in enumerate(people)}
    cards = {
        card: make_card(HOUSEHOLDS[owner], resident=ResidentId(100 + place))
        for place, (card, owner) in enumerate(residents.items())
    }
    book = Memory(replace(facts, catalog=replace(start, budgets={}), cards=cards))
    book.post(*(check_in(card, place) for place, card in enumerate(cards)))
    closing = CloseBuilding(activity=CLEAN_UP.key, building="3", period=PERIOD, occurred_at=NOW)

    book.tell(ask(closing, by=OPERATOR))
    for place, owner in enumerate(reversed(people), start=1):
        book.tell(ask(share(HOUSEHOLDS[owner], place), by=OPERATOR))

    paid = [posted.points for posted in standing(book, Kind.SHARE)]
    assert sum(paid) == min(each * len(people), most if most is not None else each * len(people))
    assert paid == sorted(paid, reverse=True)
    assert max(paid) - min(paid) <= 1


def share(household: HouseholdId, place: int) -> Share:
    return Share(
        activity=CLEAN_UP.key,
        building="3",
        period=PERIOD,
        household=household,
        place=place,
        occurred_at=NOW,
    )


def check_in(card: CardRef, place: int) -> Asked:
    """Check in, each a minute before the one asked before."""
    earn = make_earn(
        activity=CLEAN_UP.key,
        card=card,
        building="3",
        occurred_at=NOW - timedelta(minutes=place),
    )
    return ask(earn, by=caretaker)
