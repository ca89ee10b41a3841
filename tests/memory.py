"""A book in memory: what storage does with a decided batch, in plain dictionaries.

It keeps everything and hands everything back as facts, so tests can fold one batch after another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from points.domain.batch import accepted, decide_batch
from points.domain.cases import NewCase
from points.domain.facts import (
    Asked,
    CheckIn,
    CleanUpKey,
    Decided,
    Facts,
    Original,
    Outcome,
    PastAct,
    Posted,
    Settled,
)
from points.domain.ids import (
    AccountId,
    BudgetId,
    CredentialId,
    HouseholdId,
    OperationId,
    ShelfId,
    budget,
    goods,
    leased,
    owed,
    wallet,
)
from points.domain.ledger import Account, Lot
from points.domain.operations import Evidence, Kind, Operation, OperationKey
from points.domain.programme import Shelf
from points.domain.state import original_of, past_act
from tests.build import ask, make_facts


class Memory:
    """Facts that grow batch by batch."""

    def __init__(self, facts: Facts | None = None) -> None:
        """Start from these facts, or from the market day before anything happened."""
        self.facts = facts or make_facts()
        self.posted: list[Posted] = []
        self.cases: list[NewCase] = []

    def post(self, *batch: Asked | Operation) -> list[Outcome]:
        """Decide a batch and remember what came of it."""
        asked = [one if isinstance(one, Asked) else ask(one) for one in batch]
        decided = decide_batch(self.facts, asked)
        self.facts = remembered(self.facts, decided)
        self.cases += decided.cases
        self.posted += decided.posted
        return list(decided.outcomes)

    def tell(self, one: Asked | Operation) -> Outcome:
        """Decide a single operation and remember what came of it."""
        return self.post(one)[0]

    def set(self, now: datetime) -> None:
        """Let the next batch happen at this instant."""
        self.facts = replace(self.facts, now=now)

    def balance(self, account: AccountId) -> int:
        """Tell what an account holds."""
        return self.facts.accounts.get(account, Account()).balance

    def points(self, household: HouseholdId) -> int:
        """Tell what a household holds."""
        return self.balance(wallet(household))

    def owes(self, household: HouseholdId) -> int:
        """Tell what a household owes."""
        return self.balance(owed(household))

    def pieces(self, shelf: Shelf) -> int:
        """Count what stands on a shelf."""
        return self.balance(goods(ShelfId(self.facts.catalog.shelves[shelf])))

    def pieces_with(self, device: int, shelf: Shelf) -> int:
        """Count what a phone has with it of a shelf's pieces."""
        return self.balance(leased(device, ShelfId(self.facts.catalog.shelves[shelf])))

    def left_to_award(self, item: str) -> int:
        """Tell what is left of the budget of an event or activity."""
        return self.balance(budget(BudgetId(self.facts.catalog.budgets[item])))

    def lots(self, household: HouseholdId) -> list[tuple[int, datetime]]:
        """Give how much is left of each of a household's lots, and when it ends."""
        found = [lot for lot in self.facts.lots if lot.account == wallet(household)]
        found.sort(key=lambda lot: (lot.expires_at, lot.id))
        return [(lot.remaining, lot.expires_at) for lot in found if lot.remaining]


def remembered(facts: Facts, decided: Decided) -> Facts:
    """Give the facts after a batch."""
    stands = _stands(facts, decided)
    last = max((posted.id for posted in decided.posted), default=facts.next_operation - 1)
    answers = {
        posted.ref: Settled(posted.fingerprint, accepted(posted)) for posted in decided.posted
    }
    return replace(
        facts,
        now=facts.now + timedelta(microseconds=1),
        next_operation=OperationId(last + 1),
        communities={
            owner: community
            for owner, community in facts.communities.items()
            if owner not in decided.merged
        },
        stands=stands,
        cards={
            ref: replace(card, household=stands.get(card.household, card.household))
            for ref, card in facts.cards.items()
        },
        accounts={**facts.accounts, **decided.accounts},
        lots=_lots(facts, decided),
        history=_history(facts, decided.posted, stands),
        undone=facts.undone | {one.reverses for one in decided.posted if one.reverses is not None},
        originals=_originals(facts, decided.posted),
        settled={**facts.settled, **answers, **decided.frozen},
        codes={
            **facts.codes,
            **{
                ref: replace(facts.codes[ref], used_by=operation)
                for ref, operation in decided.used_codes.items()
            },
        },
        allowances={
            ref: replace(one, spent=one.spent + decided.spent.get(one.id, 0))
            for ref, one in facts.allowances.items()
        },
        slips={**facts.slips, **{slip.ref: slip for slip in decided.slips}},
        clean_ups=_clean_ups(facts, decided.posted),
        granted=_granted(facts, decided.posted),
        handed_out_by={**facts.handed_out_by, **_handed_out_by(decided.posted)},
        references=facts.references | {one.reference for one in decided.posted if one.reference},
    )


def _stands(facts: Facts, decided: Decided) -> dict[HouseholdId, HouseholdId]:
    stands = dict(facts.stands)
    for source, into in decided.merged.items():
        stands = {member: into if root == source else root for member, root in stands.items()}
        stands[source] = into
    return stands


def _lots(facts: Facts, decided: Decided) -> tuple[Lot, ...]:
    lots = {lot.id: lot for lot in facts.lots} | {lot.id: lot for lot in decided.lots}
    return tuple(lots.values())


def _history(
    facts: Facts, posted: Sequence[Posted], stands: Mapping[HouseholdId, HouseholdId]
) -> dict[HouseholdId, tuple[PastAct, ...]]:
    history: dict[HouseholdId, tuple[PastAct, ...]] = {}
    acts = [(owner, act) for owner, found in facts.history.items() for act in found]
    acts += [(one.household, past_act(one)) for one in posted if one.household is not None]
    for owner, act in acts:
        root = stands.get(owner, owner)
        history[root] = (*history.get(root, ()), act)
    return {
        owner: tuple(sorted(found, key=lambda act: act.operation))
        for owner, found in history.items()
    }


def _originals(facts: Facts, posted: Sequence[Posted]) -> dict[OperationKey, tuple[Original, ...]]:
    originals = dict(facts.originals)
    for one in posted:
        originals[one.ref.key] = (*originals.get(one.ref.key, ()), original_of(one))
    return originals


def _clean_ups(facts: Facts, posted: Sequence[Posted]) -> dict[CleanUpKey, tuple[CheckIn, ...]]:
    clean_ups = dict(facts.clean_ups)
    for one in posted:
        act = past_act(one)
        if one.kind is Kind.EARN and act.building is not None and one.household is not None:
            key = CleanUpKey(str(act.item), act.building, str(act.period))
            check_in = CheckIn(
                occurred_at=one.occurred_at, operation=one.id, household=one.household
            )
            clean_ups[key] = (*clean_ups.get(key, ()), check_in)
    return clean_ups


def _handed_out_by(posted: Sequence[Posted]) -> dict[OperationId, CredentialId]:
    offline = [one for one in posted if one.evidence is Evidence.OFFLINE]
    return {one.id: one.ref.scope for one in offline if one.kind is Kind.REDEEM}


def _granted(facts: Facts, posted: Sequence[Posted]) -> dict[str, int]:
    granted = dict(facts.granted)
    for one in posted:
        if one.kind is Kind.BUDGET_SET and one.item is not None:
            granted[one.item] = granted.get(one.item, 0) + one.quantity
    return granted
