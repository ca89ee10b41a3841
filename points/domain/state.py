"""The state that a batch is folded over, and the questions every kind of operation asks of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from points.domain.access import Credential
from points.domain.cases import NewCase
from points.domain.facts import (
    ALLOWANCE,
    CONFIRMED,
    Allowance,
    Card,
    CardState,
    CheckIn,
    CleanUpKey,
    Detail,
    Facts,
    Original,
    PastAct,
    Posted,
    Refused,
    Settled,
    ShownCode,
    Slip,
)
from points.domain.ids import (
    AllowanceId,
    BoothKey,
    CredentialId,
    EventKey,
    HouseholdId,
    OperationId,
    ResidentId,
)
from points.domain.ledger import Book
from points.domain.operations import (
    CardRef,
    Evidence,
    Kind,
    OperationKey,
    Phase,
    RequestKey,
    SlipRef,
)
from points.domain.outcomes import Refusal
from points.domain.periods import expiry_of, local_day, spelled
from points.domain.programme import Event, Programme


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What leaves a household for another: from each lot so many points, and when they end."""

    into: HouseholdId
    lots: tuple[tuple[int, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What one accepted operation writes beside its entries."""

    household: HouseholdId | None = None
    resident: ResidentId | None = None
    event: EventKey | None = None
    booth: BoothKey | None = None
    item: str | None = None
    version: int | None = None
    quantity: int = 0
    points: int = 0
    expired: int = 0
    reference: str | None = None
    reverses: OperationId | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    gift: Gift | None = None
    """What another household gets with it, as an operation of its own."""


class State:
    """Facts, and what the operations decided so far have changed of them."""

    def __init__(self, facts: Facts) -> None:
        """Start from stored facts, which are never changed."""
        self.facts = facts
        self.now = facts.now
        self.clock = facts.clock or facts.now
        self.catalog = facts.catalog
        self.book = Book(facts.accounts, facts.lots)
        self.settled: dict[RequestKey, Settled] = dict(facts.settled)
        self.undone: set[OperationId] = set(facts.undone)
        self.slips: dict[SlipRef, Slip] = dict(facts.slips)
        self.frozen: dict[RequestKey, Settled] = {}
        self.references: set[str] = set(facts.references)
        self.merged: dict[HouseholdId, HouseholdId] = {}
        self.cases: list[NewCase] = []
        self.codes: dict[CardRef, ShownCode] = dict(facts.codes)
        self.used_codes: dict[CardRef, OperationId] = {}
        self.spent: dict[AllowanceId, int] = {}
        """By how much more, or less, was spent of each allowance."""
        self.handed_out_by: dict[OperationId, CredentialId] = dict(facts.handed_out_by)
        self.is_approved = False
        """Whether a person has judged that what is being decided did happen."""
        self.granted: dict[str, int] = dict(facts.granted)
        self.changed_slips: set[SlipRef] = set()
        self._history = {owner: list(acts) for owner, acts in facts.history.items()}
        self._check_ins = {key: list(found) for key, found in facts.clean_ups.items()}
        self._posted: dict[OperationKey, list[Posted]] = {}
        self._days: dict[datetime, date] = {}
        self._ends: dict[tuple[int, date], datetime] = {}
        self._next = facts.next_operation

    @cached_property
    def programme(self) -> Programme:
        """Give the programme's rules now."""
        return self.catalog.programme_at(self.now)

    def begin(self) -> OperationId:
        """Open the next operation in the book; from here on nothing may refuse it."""
        number = self._next
        self._next = OperationId(number + 1)
        self.book.begin(number)
        return number

    def household(self, household: HouseholdId) -> HouseholdId:
        """Give the household that stands, after all merges, those of this batch included."""
        household = self.facts.stands.get(household, household)
        while household in self.merged:
            household = self.merged[household]
        return household

    def card(self, ref: CardRef, occurred_at: datetime, *, is_offline: bool) -> Card | Refused:
        """Give the card, or why it may not be used at the instant it was held up.

        A live scan happens now, whatever any clock says: frozen means at once.
        """
        card = self.facts.cards.get(ref)
        if card is None:
            return Refused(reason=Refusal.CARD_UNKNOWN)
        return self.stop_fault(card, occurred_at, is_offline=is_offline) or card

    def stop_fault(self, card: Card, occurred_at: datetime, *, is_offline: bool) -> Refused | None:
        """Say why a card may not be used at the instant it was held up, if it may not."""
        was_before = is_offline or self.is_approved
        if card.stopped_at is None or (was_before and occurred_at < card.stopped_at):
            return None
        is_frozen = card.state is CardState.FROZEN
        return Refused(reason=Refusal.CARD_FROZEN if is_frozen else Refusal.CARD_REPLACED)

    def card_behind(self, ref: CardRef) -> Card | None:
        """Give the card that was shown, itself or as a one-time code, whatever became of it."""
        shown = self.codes.get(ref) or self.facts.allowances.get(ref)
        return self.facts.cards.get(ref) if shown is None else shown.card

    def left_of(self, allowance: Allowance) -> int:
        """Tell how many points may still be spent of an allowance."""
        return allowance.points_max - allowance.spent - self.spent.get(allowance.id, 0)

    def spend_allowance(self, allowance: AllowanceId, points: int) -> None:
        """Count points as spent of an allowance; below zero, as not spent after all."""
        self.spent[allowance] = self.spent.get(allowance, 0) + points

    def use_code(self, ref: CardRef) -> None:
        """Let a one-time code be used by the operation that was begun."""
        operation = self.book.operation
        self.codes[ref] = replace(self.codes[ref], used_by=operation)
        self.used_codes[ref] = operation

    def time_fault(self, occurred_at: datetime, *, is_offline: bool) -> Refused | None:
        """Say what is wrong with the instant that the phone claims, if anything."""
        if self.is_approved:
            return None  # whoever approved it knew when it was, and was asked long after
        too_early, early, late = self._believed
        if occurred_at > late or (not is_offline and occurred_at < early):
            return Refused(reason=Refusal.CLOCK_OFF)
        if occurred_at < too_early:
            days_max = self.programme.offline_days_max
            return Refused(reason=Refusal.TOO_OLD, details={"days_max": days_max})
        return None

    @cached_property
    def _believed(self) -> tuple[datetime, datetime, datetime]:
        """Give the earliest instant that may be claimed offline, then live, and the latest.

        Where the book is ahead of the clock, a phone may be right by either: it must not be turned
        away for hours because a clock was wrong before, or was just set back.
        """
        slack = timedelta(minutes=self.programme.clock_minutes_off_max)
        days_max = timedelta(days=self.programme.offline_days_max)
        return self.clock - days_max, self.clock - slack, self.now + slack

    def event(self, key: EventKey, moment: datetime) -> Event | None:
        """Give the event as it stood at the instant."""
        versions = self.catalog.events.get(key)
        version = versions.at(moment) if versions else None
        return version.item if version else None

    def community_fault(self, event: Event | None, household: HouseholdId) -> Refused | None:
        """Say so if the event is another community's: its phones see nothing of this household."""
        community = self.facts.communities.get(household)
        here = event.community if event is not None else None
        if here is not None and community not in (None, here):
            return Refused(reason=Refusal.OTHER_COMMUNITY)
        return None

    def event_fault(self, event: Event, household: HouseholdId, moment: datetime) -> Refused | None:
        """Say why this household cannot take part in the event at the instant, if it cannot."""
        fault = self.community_fault(event, household)
        if fault is not None or event.window_of(moment) is not None:
            return fault
        if not event.is_before(moment):
            return Refused(reason=Refusal.CLOSED)
        opens = min(session.opens for session in event.sessions if moment < session.opens)
        return Refused(reason=Refusal.NOT_OPEN_YET, details={"opens_at": spelled(opens)})

    def day(self, moment: datetime) -> date:
        """Give the programme's local day of the instant."""
        day = self._days.get(moment)
        if day is None:
            day = self._days[moment] = local_day(moment, self.catalog.programme_at(moment).zone)
        return day

    def expiry(self, moment: datetime) -> datetime:
        """Give the instant at which points earned then will end."""
        rules = self.catalog.programme.at(moment)
        place = (rules.number, self.day(moment))
        if place not in self._ends:
            programme = self.catalog.programme_at(moment)
            self._ends[place] = expiry_of(moment, programme.expires, programme.zone)
        return self._ends[place]

    def acts(self, household: HouseholdId, kind: Kind) -> list[PastAct]:
        """Give the household's acts of this kind that still count."""
        return [
            act
            for act in self._history.get(household, ())
            if act.kind is kind and act.operation not in self.undone
        ]

    def fact_reference(self, item: str, household: HouseholdId, day: date) -> str:
        """Name the fact of doing this once more on the day: two phones can't both state it."""
        times = sum(act.item == item and act.day == day for act in self._history.get(household, ()))
        return f"{item}:{household}:{day.isoformat()}:{times + 1}"

    def participants(self, key: CleanUpKey) -> list[CheckIn]:
        """Give who checked in at a building and was not taken back, the earliest first."""
        found = self._check_ins.get(key, [])
        return sorted(
            (check_in for check_in in found if check_in.operation not in self.undone),
            key=lambda check_in: (check_in.occurred_at, check_in.operation),
        )

    def original(self, credential: Credential, key: OperationKey) -> Original | None:
        """Find what an undo names: one's own operation first, then anyone's, if only one fits."""
        found = [*self.facts.originals.get(key, ()), *map(original_of, self._posted.get(key, ()))]
        own = [original for original in found if original.ref.scope == credential.id]
        fitting = own or found
        return fitting[0] if len(fitting) == 1 else None

    def remember(self, posted: Posted) -> None:
        """Let the operations that follow see this one."""
        act = past_act(posted)
        if posted.household is not None:
            self._history.setdefault(posted.household, []).append(act)
            if posted.kind is Kind.EARN and act.building is not None:
                key = CleanUpKey(str(act.item), act.building, str(act.period))
                check_in = CheckIn(
                    occurred_at=act.occurred_at,
                    operation=act.operation,
                    household=posted.household,
                )
                self._check_ins.setdefault(key, []).append(check_in)
        self._posted.setdefault(posted.ref.key, []).append(posted)
        if posted.kind is Kind.REDEEM and posted.evidence is Evidence.OFFLINE:
            self.handed_out_by[posted.id] = posted.ref.scope
        if posted.reference is not None:
            self.references.add(posted.reference)

    def add_slip(self, slip: Slip) -> None:
        """Know a slip, as it now stands."""
        self.slips[slip.ref] = slip
        self.changed_slips.add(slip.ref)

    def settle(self, ref: RequestKey, fingerprint: bytes, refused: Refused) -> None:
        """Freeze a refusal: whoever asks again under this name is told the same."""
        self.settled[ref] = self.frozen[ref] = Settled(fingerprint, refused)

    def join(self, source: HouseholdId, into: HouseholdId) -> None:
        """Count the acts of a household that went up in another as that other's."""
        self.merged[source] = into
        self._history.setdefault(into, []).extend(self._history.pop(source, []))


def original_of(posted: Posted) -> Original:
    """See an operation as an undo sees it."""
    slip, allowance = posted.details.get("slip"), posted.details.get(ALLOWANCE)
    return Original(
        ref=posted.ref,
        act=past_act(posted),
        household=posted.household,
        entries=posted.entries,
        is_undone=False,
        slip=None if slip is None else SlipRef(str(slip)),
        allowance=None if allowance is None else AllowanceId(int(allowance)),
    )


def past_act(posted: Posted) -> PastAct:
    """See an operation as limits see it."""
    phase = posted.details.get("phase")
    building = posted.details.get("building")
    period = posted.details.get("period")
    return PastAct(
        operation=posted.id,
        kind=posted.kind,
        event=posted.event,
        booth=posted.booth,
        item=posted.item,
        resident=posted.resident,
        day=posted.local_day,
        occurred_at=posted.occurred_at,
        points=posted.points,
        quantity=posted.quantity,
        phase=Phase(str(phase)) if phase is not None else None,
        building=str(building) if building is not None else None,
        period=str(period) if period is not None else None,
        bonus=int(posted.details.get("bonus", 0)),
        is_confirmed=CONFIRMED in posted.details,
    )
