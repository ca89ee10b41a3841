"""What the reference model knows of trust: PINs, one-time codes, allowances, and gifts.

A card can be photographed, so what is spent by a card alone is limited for each household and day;
beyond that it takes the household's PIN, or a code that lives for a minute and pays once.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from points.domain.access import Role
from points.domain.cards import CardNumber
from points.domain.desk import DeskFault
from points.domain.facts import PinChecked
from points.domain.ids import HouseholdId, OperationId
from points.domain.operations import CardRef, Kind, ReceiveGift
from points.domain.outcomes import Refusal as No
from points.domain.shown_cards import is_allowance, is_one_time
from tests.laws.lots import Act
from tests.laws.town import Card, Town, must

MINUTE = timedelta(minutes=1)
WAITS = [it * MINUTE for it in (1, 5, 30, 120, 480, 1440)]
FREE_TRIES, CODES_OF_A_CARD, ALLOWANCES_OF_A_HOUSEHOLD, DAYS_AHEAD = 3, 10, 20, 366


@dataclass(eq=False)
class Pin:
    digits: str
    wrong: int = 0
    locked_until: datetime | None = None


@dataclass(eq=False)
class Code:
    """Stands for a card from a minute before it was made, for clocks differ, to one after."""

    card: Card
    made_at: datetime
    is_confirmed: bool
    is_used: bool = False

    def lives(self, now: datetime) -> bool:
        return self.made_at - MINUTE <= now < self.made_at + MINUTE


@dataclass(eq=False)
class Allowance:
    household: HouseholdId
    points_max: int
    last_day: date
    is_confirmed: bool
    number: CardNumber | None = None
    ended_at: datetime | None = None


class Trust(Town):
    """Knows what was set, made and ended on a household's page or at the desk."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.pins: dict[HouseholdId, Pin] = {}
        self.codes: dict[str, Code] = {}
        self.allowances: dict[str, Allowance] = {}

    def try_pin(self, household: HouseholdId, typed: str, now: datetime) -> PinChecked | None:
        """Look at a PIN, but not while there is a wait, which grows with each wrong one."""
        pin = self.pins.get(self.root(household))
        if pin is None:
            return None
        if pin.locked_until and now < pin.locked_until <= now + WAITS[-1]:
            return PinChecked(is_right=False, again_at=pin.locked_until)
        if typed == pin.digits:
            pin.wrong, pin.locked_until = 0, None
            return PinChecked(is_right=True)
        pin.wrong += 1
        waits = ([timedelta()] * (FREE_TRIES - 1) + WAITS)[: pin.wrong]
        pin.locked_until = now + waits[-1] if waits[-1] else None
        return PinChecked(is_right=False, again_at=pin.locked_until)

    def holder(self, ref: str) -> HouseholdId | None:
        """Tell whose PIN may be typed with what is held up; with an allowance nobody's."""
        card = self.codes[ref].card if ref in self.codes else self.cards.get(ref)
        return None if card is None else card.household

    def must_know(self, household: HouseholdId, typed: str | None, now: datetime) -> None:
        checked = None if typed is None else self.try_pin(household, typed, now)
        must(typed is None or checked, DeskFault.PIN_UNSET)
        must(not checked or not checked.again_at, No.PIN_LOCKED)
        must(not checked or checked.is_right, No.PIN_WRONG)

    def make_code(self, card: Card, typed: str | None, now: datetime) -> Code:
        self.must_know(card.household, typed, now)
        must(card.state != "frozen", No.CARD_FROZEN)
        must(card.state != "replaced", No.CARD_REPLACED)
        mine = {ref: it for ref, it in self.codes.items() if it.card is card and not it.is_used}
        over = [ref for ref, it in mine.items() if it.made_at + MINUTE <= now]
        must(len(mine) - len(over) < CODES_OF_A_CARD, DeskFault.TOO_MANY_CODES)
        for ref in over:  # what ended unused makes room, even should the clock go back
            del self.codes[ref]
        return Code(card, now, is_confirmed=typed is not None)

    def allow(self, new: Allowance, typed: str | None, now: datetime) -> Allowance:
        today = self.day(now)
        is_near = today <= new.last_day <= today + timedelta(days=DAYS_AHEAD)
        must(new.points_max > 0 and is_near, DeskFault.ALLOWANCE_INVALID)
        self.must_know(new.household, typed, now)
        theirs = [it for it in self.allowances.values() if self.is_of(it, new.household)]
        live = [it for it in theirs if it.last_day >= today and self.left_of(it) > 0]
        live = [it for it in live if it.ended_at is None]
        must(len(live) < ALLOWANCES_OF_A_HOUSEHOLD, DeskFault.TOO_MANY_ALLOWANCES)
        return new

    def is_of(self, allowance: Allowance, household: HouseholdId) -> bool:
        return self.root(allowance.household) == self.root(household)

    def left_of(self, allowance: Allowance) -> int:
        spent = [it.points for it in self.acts if it.allowance is allowance and not it.is_undone]
        return allowance.points_max + sum(spent)

    def show(self, act: Act, ref: CardRef) -> None:
        """See what is held up now: a card, a one-time code, or an allowance."""
        if is_allowance(ref):
            must(ref in self.allowances, No.CARD_UNKNOWN)
            allowance = self.allowances[ref]
            is_over = allowance.ended_at or self.day(self.clock) > allowance.last_day
            must(not is_over, No.ALLOWANCE_ENDED)
            act.household, act.allowance = self.root(allowance.household), allowance
        elif is_one_time(ref):
            must(ref in self.codes, No.CODE_EXPIRED)
            act.code = self.codes[ref]
            must(not act.code.is_used, No.CODE_USED)
            must(act.code.lives(self.clock), No.CODE_EXPIRED)
            self.hold_card(act, act.code.card)
        else:
            self.hold(act, ref)

    def showed(self, act: Act, ref: str) -> None:
        """See whose household it was that held this up where there was no network."""
        act.allowance = self.allowances.get(ref)
        card = self.codes[ref].card if ref in self.codes else self.cards.get(ref)
        must(card or act.allowance, No.CARD_UNKNOWN)
        act.household = self.root((act.allowance or card).household)  # type: ignore[union-attr]
        act.resident = card.resident if card else None

    def was_good(self, act: Act, ref: str, points: int) -> bool:
        """Tell whether what was held up then could pay so much; a code is good only when seen."""
        it = act.allowance
        if it is None:
            is_good = ref in self.cards and self.is_in_use(act, self.cards[ref])
            return is_good and self.is_within_day(act, points)
        is_live = it.ended_at is None or act.at < it.ended_at
        is_good = is_live and self.day(act.at) <= it.last_day and points <= self.left_of(it)
        act.is_confirmed = it.is_confirmed
        return is_good and (act.is_confirmed or self.is_within_day(act, points))

    def confirm(self, act: Act, points: int) -> None:
        """See whether enough is shown to spend so much."""
        pin, code, allowance = act.pin, act.code, act.allowance
        must(not pin or not pin.again_at, No.PIN_LOCKED)
        must(not pin or pin.is_right, No.PIN_WRONG)
        does_code = self.rules(act.at).second_factor == "code"
        is_code_enough = code is not None and (code.is_confirmed or does_code)
        is_allowed = allowance is not None and allowance.is_confirmed
        act.is_confirmed = pin is not None or is_code_enough or is_allowed
        is_small = act.is_confirmed or self.is_within_day(act, points)
        must(is_small, No.SECOND_FACTOR_NEEDED)

    def is_within_day(self, act: Act, points: int) -> bool:
        """Tell whether a household may spend so much more on the day with a card alone."""
        most = self.rules(act.at).unconfirmed_points_per_day_max
        acts = [*self.past(Kind.REDEEM, act.household), *self.past(Kind.GIVE, act.household)]
        alone = [it.points for it in acts if it.day == act.day and not it.is_confirmed]
        return most is None or points - sum(alone) <= most

    def tell_give(self, act: Act, op: Any) -> None:
        most = self.rules(act.at).gift_points_per_day_max
        must(most, No.GIFTS_OFF)
        must(op.points > 0, No.QUANTITY_INVALID)
        self.hold(act, op.card)
        must(op.to in self.cards, No.HOUSEHOLD_UNKNOWN)
        into = self.root(self.cards[op.to].household)
        must(into != act.household, No.SAME_HOUSEHOLD)
        theirs = {self.communities[it] for it in (into, self.root(act.household))} - {None}
        must(len(theirs) < 2, No.OTHER_COMMUNITY)
        before = [it for it in self.past(Kind.GIVE, act.household) if it.day == act.day]
        must(op.points - sum(it.points for it in before) <= most, No.GIFT_LIMIT_REACHED)
        must(op.points <= self.available(act.household, act.now), No.POINTS_SHORT)
        if act.by.role is Role.OPERATOR:
            act.is_confirmed = True  # somebody sees who asks
        else:
            self.confirm(act, op.points)
        self.spend(act, op.points)
        self.receive(act, into)

    def receive(self, gift: Act, into: HouseholdId) -> None:
        """Give another household what was spent, each point until it would have ended."""
        points, at = -gift.points, gift.at
        op = ReceiveGift(gift=OperationId(0), household=into, points=points, occurred_at=at)
        gets = Act(gift.by, f"{gift.key} received", op, gift.now, gift.day, household=into)
        self.expire(self.lots_of(into), gift.now)
        for lot, amount in gift.moved:
            self.pay(gets, -amount, lot.ends)
        self.acts.append(gets)
