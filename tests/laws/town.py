"""The reference model's surroundings: the rules in force, who did what, cards, time and place."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from points.domain.cards import CardNumber
from points.domain.desk import DeskFault
from points.domain.ids import CommunityKey, HouseholdId, RewardKey
from points.domain.operations import Kind
from points.domain.outcomes import Refusal as No
from points.domain.periods import NEVER, DaysValid, EndOfYear
from points.domain.programme import Catalog, Programme
from tests.laws.lots import Act, Lots


class Refused(Exception):
    """The book does not move, and why."""


def must(holds: object, otherwise: No | DeskFault) -> None:
    if not holds:
        raise Refused(otherwise)


@dataclass(eq=False)
class Card:
    number: CardNumber
    household: HouseholdId
    resident: int | None
    state: str = "active"
    stopped_at: datetime | None = None
    replaced_by: "Card | None" = None


class Town(Lots):
    """Knows the programme, all acts so far, and every card and household."""

    def __init__(
        self,
        catalog: Catalog,
        communities: dict[HouseholdId, CommunityKey | None],
        cards: dict[str, Card],
    ) -> None:
        super().__init__()
        self.catalog, self.communities, self.cards = catalog, communities, cards
        self.zone = self.rules(NEVER).zone
        self.stands: dict[HouseholdId, HouseholdId] = {}
        self.acts: list[Act] = []
        self.clock = NEVER

    def rules(self, at: datetime) -> Programme:
        return self.catalog.programme_at(at)

    def find(self, table: str, key: str | None, at: datetime) -> Any:
        versions = getattr(self.catalog, table).get(key)
        return versions and versions.at(at).item

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        return datetime.combine(day + timedelta(days=1), time(), self.zone)

    def end_of_points(self, at: datetime) -> datetime:
        match self.rules(at).expires:
            case EndOfYear(years):
                return self.end_of(date(self.day(at).year + years, 12, 31))
            case DaysValid(days):
                return self.end_of(self.day(at) + timedelta(days=days))
        raise AssertionError("points end in no other way")

    def root(self, household: HouseholdId | None) -> HouseholdId:
        """Give the household that stands, after all merges."""
        assert household is not None
        return self.root(self.stands[household]) if household in self.stands else household

    def past(self, kind: Kind, household: HouseholdId | None, item: str | None = None) -> list[Act]:
        """Give what a household, with all that went up in it, did and did not take back."""
        found = [it for it in self.acts if it.op.kind is kind and not it.is_undone]
        found = [it for it in found if it.household and self.root(it.household) == household]
        return [it for it in found if item in (None, it.item)]

    def check_time(self, act: Act, *, is_offline: bool) -> None:
        late, rules = self.clock - act.at, self.rules(act.now)
        slack = timedelta(minutes=rules.clock_minutes_off_max)
        must(act.at <= act.now + slack and (is_offline or late <= slack), No.CLOCK_OFF)
        must(late <= timedelta(days=rules.offline_days_max), No.TOO_OLD)

    def hold(self, act: Act, ref: str) -> None:
        """See whose card it is. A live scan happens now, whatever any clock says."""
        must(ref in self.cards, No.CARD_UNKNOWN)
        self.hold_card(act, self.cards[ref])

    def hold_card(self, act: Act, card: Card) -> None:
        why = No.CARD_FROZEN if card.state == "frozen" else No.CARD_REPLACED
        must(self.is_in_use(act, card), why)
        act.household, act.resident = self.root(card.household), card.resident

    def is_in_use(self, act: Act, card: Card) -> bool:
        is_late = getattr(act.op, "is_offline", False)
        is_earlier = is_late and card.stopped_at is not None and act.at < card.stopped_at
        return card.state == "active" or is_earlier

    def belong(self, act: Act, event: Any) -> None:
        """See whether the event is theirs, or everybody's."""
        theirs = {event.community, self.communities[self.root(act.household)]} - {None}
        must(event.community is None or len(theirs) == 1, No.OTHER_COMMUNITY)

    def take_part(self, act: Act, event: Any) -> None:
        self.belong(act, event)
        if not self.is_open(event, act.at):
            must(not any(act.at < it.opens for it in event.sessions), No.NOT_OPEN_YET)
            raise Refused(No.CLOSED)
        act.event = event.key

    def is_open(self, event: Any, at: datetime) -> bool:
        slack = timedelta(minutes=event.tolerance_minutes)
        return any(it.opens - slack <= at < it.closes + slack for it in event.sessions)

    def offered(self, key: RewardKey, price: int, at: datetime) -> Any:
        """Give a reward at the price shown, if it was that within a day before; else as it was."""
        versions = self.catalog.rewards[key].all
        ends = [*(it.valid_from for it in versions[1:]), NEVER]
        held: list[Any] = [
            it.item
            for it, end in zip(versions, ends, strict=True)
            if it.valid_from <= at and end > at - timedelta(hours=24)
        ]
        fitting = [it for it in held if it.price == price]
        return fitting[-1] if fitting else held[-1]

    def freeze(self, ref: str, now: datetime) -> bool:
        """Stop a card; like thawing and replacing, tell whether it was done."""
        card = self.cards[ref]
        if card.state == "active":
            card.state, card.stopped_at = "frozen", now
        return card.state == "frozen"

    def thaw(self, ref: str) -> bool:
        card = self.cards[ref]
        if card.state == "frozen":
            card.state, card.stopped_at = "active", None
        return card.state == "active"

    def replace(self, ref: str, by: str, now: datetime) -> bool:
        old, new = self.cards[ref], self.cards[by]
        if old.replaced_by is new:
            return True
        source, into = self.root(new.household), self.root(old.household)
        is_used = source != into and any(it.household == source for it in self.acts)
        if old is new or old.state == "replaced" or new.state != "active" or is_used:
            return False
        new.household, new.resident = into, new.resident or old.resident
        old.state, old.stopped_at, old.replaced_by = "replaced", old.stopped_at or now, new
        return True
