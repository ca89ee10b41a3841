"""What the service promises, said once more in plain words: lists, dictionaries, whole numbers.

Written from the design and not from the code: of `points.domain` it uses the words in which
operations are asked for and answered, and none of the decisions. It remembers every act and counts
again each time it is asked, so nothing in it could drift from what happened. Points are moved in
`lots.py`; who, when and where is in `town.py`, the desk in `desk.py`; here is what a booth does.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from points.domain.access import Role, may_do, oversees
from points.domain.facts import Asked
from points.domain.operations import Kind, Phase
from points.domain.outcomes import Refusal as No
from points.domain.periods import NEVER
from points.domain.programme import (
    CleanUp,
    Fixed,
    PerCorrectAnswer,
    Shelf,
    Shift,
    Span,
    Stamp,
    Weighed,
    Who,
)
from tests.laws.desk import ANY_SCAN, Answer, Desk
from tests.laws.lots import Act
from tests.laws.town import Refused, must

HAVE_A_MIRROR = {
    Kind.EARN,
    Kind.REDEEM,
    Kind.ADJUST,
    Kind.SHARE,
    Kind.SLIP_CASHED,
    Kind.STOCK_LEASED,
}


class Model(Desk):
    """The whole book. `tell` asks for one operation at an instant and gives the answer due."""

    def tell(self, asked: Asked, now: datetime, clock: datetime) -> Answer:
        self.clock = clock
        op, who = asked.operation, asked.credential
        name, body = (who.id, asked.key), content(op)
        if name in self.answers:
            first_body, first = self.answers[name]
            is_paid_scan = first_body is ANY_SCAN and op.kind is Kind.EARN
            return ("replayed", first) if first_body == body or is_paid_scan else ("conflict",)
        act = Act(who, asked.key, op, now, self.day(op.occurred_at), pin=asked.pin)
        try:
            answer = self.decide(act)
        except Refused as refused:
            answer = ("refused", refused.args[0])
            if not refused.args[0].is_remembered:
                return answer
        self.answers[name] = (body, answer)
        return answer

    def decide(self, act: Act) -> Answer:
        op, who = act.op, act.by
        must(who.id not in self.revoked, No.CREDENTIAL_REVOKED)
        must(may_do(who, op.kind), No.NOT_ALLOWED)
        if who.role is not Role.OPERATOR or hasattr(op, "is_offline"):
            self.check_time(act, is_offline=getattr(op, "is_offline", True))
        getattr(self, f"tell_{op.kind}")(act, op)
        # A sweep names one lot and takes that alone; anything else takes all that has ended.
        is_sweep = op.kind is Kind.EXPIRE
        self.expire([self.lots_by_id[op.lot]] if is_sweep else self.lots_of(act.household), act.now)
        self.acts.append(act)
        # Whoever carries an allowance learns what is left of it, and nothing of the household.
        left = self.left_of(act.allowance) if act.allowance else self.balance(act.household)
        return ("accepted", act.points, left if act.household else None)

    def tell_earn(self, act: Act, op: Any) -> None:
        activity = self.find("activities", op.activity, act.at)
        is_theirs = act.by.role is Role.OPERATOR or act.by.event == activity.event
        if act.by.booth is not None and act.by.role is not Role.SUPERVISOR:
            is_theirs = op.activity in self.find("booths", act.by.booth, act.at).activities
        must(is_theirs, No.ACTIVITY_UNKNOWN)
        act.item = op.activity
        self.hold(act, op.card)
        self.take_part(act, self.find("events", activity.event, act.at))
        before = self.past(Kind.EARN, act.household, act.item)
        own = [it for it in before if it.resident == act.resident]
        self.check_times(act, activity, before, own)
        points = self.award(act, activity.rule, before, own)
        self.grant(act, activity, self.capped(act, activity, before, points))

    def check_times(self, act: Act, activity: Any, before: list[Act], own: list[Act]) -> None:
        for limit in activity.times:
            seen = own if limit.who is Who.RESIDENT else before
            if limit.span is Span.DAY:
                seen = [it for it in seen if it.day == act.day]
            if limit.span is Span.EVENT and isinstance(activity.rule, Stamp):
                seen = [it for it in seen if it.by.booth == act.by.booth]
            must(len(seen) < limit.times_max, No.LIMIT_REACHED)
        counts_residents = any(limit.who is Who.RESIDENT for limit in activity.times)
        seen = own if counts_residents else before
        pause = timedelta(minutes=activity.cooldown_minutes or 0)
        must(all(abs(it.at - act.at) >= pause for it in seen), No.COOLDOWN)

    def award(self, act: Act, rule: Any, before: list[Act], own: list[Act]) -> int:
        match rule:
            case Fixed(points=points):
                return points
            case PerCorrectAnswer(points_each=each, points_max=most):
                return min(each * int(act.op.quantity), most)
            case Weighed(per_kilogram=rates):
                must(act.op.grams.keys() <= rates.keys(), No.MATERIAL_UNKNOWN)
                return int(sum(rates[it] * grams for it, grams in act.op.grams.items()) / 1000)
            case Stamp(points=points, different_booths=enough, bonus_points=bonus):
                must(act.by.booth, No.BOOTH_UNKNOWN)
                is_enough = len({it.by.booth for it in [*before, act]}) >= enough
                act.bonus = bonus if is_enough and not any(it.bonus for it in before) else 0
                return points + act.bonus
            case Shift():
                return self.shift(act, rule, own)
            case CleanUp():
                self.check_in(act, own)
        return 0

    def shift(self, act: Act, rule: Shift, own: list[Act]) -> int:
        """In and out take turns in a resident's time, in whatever order they arrive."""
        before = [it for it in _in_turn(own) if it.at <= act.at][-1:]
        began = [it for it in before if it.op.phase is Phase.CHECK_IN]
        if act.op.phase is Phase.CHECK_IN:
            must(not began, No.ALREADY_CHECKED_IN)
            return 0
        must(began and not _is_checked_out(began[0], own), No.NOT_CHECKED_IN)
        counted = sum(it.quantity for it in own if it.op.phase is Phase.CHECK_OUT)
        left = int(rule.hours_counted_max * 3600) - counted
        act.quantity = min((act.at - began[0].at) // timedelta(seconds=1), left)
        paid = rule.points_per_hour * counted // 3600
        return rule.points_per_hour * (counted + act.quantity) // 3600 - paid

    def check_in(self, act: Act, own: list[Act]) -> None:
        event, building = self.find("events", act.event, act.at), act.op.building
        act.period = f"{act.day:%Y-%m}"
        must(building in event.buildings, No.BUILDING_UNKNOWN)
        must(not self.is_closed(event, building, act.period), No.ALREADY_SHARED_OUT)
        again = [it for it in own if (it.op.building, it.period) == (building, act.period)]
        must(not again, No.ALREADY_CHECKED_IN)

    def capped(self, act: Act, activity: Any, before: list[Act], points: int) -> int:
        today = [it for it in self.past(Kind.EARN, act.household) if it.day == act.day]
        same = [it for it in today if it.item == act.item]
        sorts = [it for it in today if self.find("activities", it.item, it.at).counts_towards_day]
        per_day = self.rules(act.at).points_per_day_max if activity.counts_towards_day else None
        for most, acts, why in (
            (activity.points_max_per_day, same, No.DAILY_LIMIT_REACHED),
            (activity.points_max_per_event, before, No.LIMIT_REACHED),
            (per_day, sorts, No.DAILY_LIMIT_REACHED),
        ):
            if most is not None and points:
                left = most - sum(it.points for it in acts)
                must(left > 0, why)
                points = min(points, left)
        return points

    def tell_redeem(self, act: Act, op: Any) -> None:
        if op.is_offline:
            self.tell_handout(act, op)
            return
        self.show(act, op.card)
        booth, reward = self.counter(act), self.find("rewards", op.reward, act.at)
        must(op.reserve in ("", *reward.reserved_for), No.RESERVE_UNKNOWN)
        self.take_part(act, self.find("events", reward.event, act.at))
        act.item, act.quantity = op.reward, op.quantity
        must(op.price_shown == reward.price, No.PRICE_CHANGED)
        had = sum(it.quantity for it in self.past(Kind.REDEEM, act.household, op.reward))
        most = reward.per_household_per_event
        must(most is None or had + op.quantity <= most, No.LIMIT_REACHED)
        open_shelf = Shelf(reward=op.reward, booth=booth.key)
        reserve = replace(open_shelf, reserve=op.reserve)
        stock = sum(self.held[it] for it in {open_shelf, reserve})
        later = self.unreleased(reward, booth.key, act.at)
        free, lease = max(0, stock - later), ("leased", act.by.id, open_shelf)
        reason = No.NOT_RELEASED_YET if later and stock else No.OUT_OF_STOCK
        must(op.quantity <= free + self.held[lease], reason)
        points = reward.price * op.quantity
        must(points <= self.available(act.household, act.now), No.POINTS_SHORT)
        must(not act.allowance or points <= self.left_of(act.allowance), No.ALLOWANCE_SHORT)
        self.confirm(act, points)
        self.spend(act, points)
        if act.code:
            act.code.is_used = True
        at_booth = min(op.quantity, free)  # what the phone has with it goes last
        from_reserve = min(at_booth, self.held[reserve])
        self.move(act, reserve, -from_reserve)
        self.move(act, open_shelf, from_reserve - at_booth)
        self.move(act, lease, at_booth - op.quantity)

    def tell_handout(self, act: Act, op: Any) -> None:
        """Goods were given away without a network: what is short is owed, what is odd is kept."""
        self.showed(act, op.card)
        booth, reward = self.counter(act), self.offered(op.reward, op.price_shown, act.at)
        must(op.reserve in ("", *reward.reserved_for), No.RESERVE_UNKNOWN)
        event = self.find("events", reward.event, act.at)
        self.belong(act, event)
        act.item, act.quantity, act.event = op.reward, op.quantity, reward.event
        price = op.price_shown * op.quantity
        lease = ("leased", act.by.id, Shelf(reward=op.reward, booth=booth.key))
        before = self.past(Kind.REDEEM, act.household)
        mine = [it for it in before if it.op.is_offline and it.by.id == act.by.id]
        given = -sum(it.points for it in mine if it.event == act.event)
        is_sure = (
            self.was_good(act, op.card, price)
            and self.is_open(event, act.at)
            and reward.price == op.price_shown
            and op.quantity <= self.held[lease]
            and given + price <= self.rules(act.at).offline_points_per_card_max
        )
        must(is_sure, No.IN_REVIEW)
        paid = min(price, self.available(act.household, act.now))
        self.spend(act, paid)
        self.move(act, ("owed", act.household), price - paid)
        self.move(act, lease, -op.quantity)
        act.points = -price

    def counter(self, act: Act) -> Any:
        booth = self.find("booths", act.by.booth, act.at)
        must(booth and booth.redeems, No.NOT_ALLOWED)
        return booth

    def tell_undo(self, act: Act, op: Any) -> None:
        original = self.original(act, op)
        is_overseer = oversees(act.by, original.event)
        must(is_overseer or not op.claws_back, No.NOT_ALLOWED)
        must(original.op.kind in HAVE_A_MIRROR, No.CANNOT_UNDO)
        must(not original.is_undone, No.ALREADY_UNDONE)
        in_time = act.at - original.at <= timedelta(minutes=self.rules(act.now).undo_minutes)
        must(in_time or is_overseer or act.by.role is Role.PARTNER, No.TOO_LATE_TO_UNDO)
        if original.household is not None:  # goods that a phone leased are nobody's
            act.household = self.root(original.household)
        if original.op.kind is Kind.EARN:
            self.check_order(act, original)
        if original.op.kind is Kind.STOCK_LEASED:
            with_it = [it for it in original.moved if it[1] > 0]
            must(all(self.held[what] >= pieces for what, pieces in with_it), No.OUT_OF_STOCK)
        must(op.claws_back or not self.spent(original), No.ALREADY_SPENT)
        days = timedelta(days=self.rules(act.now).refund_days_valid)
        self.take_back(act, original, self.end_of(self.day(act.now) + days))
        original.is_undone = True
        if original.op.kind is Kind.SLIP_CASHED:
            self.slips[original.op.slip].is_cashed = False

    def original(self, act: Act, op: Any) -> Act:
        """Find one's own act of this name, else anybody's that one oversees, if it is the only."""
        found = [it for it in self.acts if it.key == op.undoes]
        found = [it for it in found if it.by.id == act.by.id] or found
        _, answer = self.answers.get((act.by.id, op.undoes), (None, None))
        was_refused = answer is not None and No.IN_REVIEW not in answer
        must(len(found) == 1, No.CANNOT_UNDO if was_refused else No.OPERATION_UNKNOWN)
        may_know = found[0].by.id == act.by.id or oversees(act.by, found[0].event)
        must(may_know, No.OPERATION_UNKNOWN)
        return found[0]

    def check_order(self, act: Act, original: Act) -> None:
        """What something later stands on stays: a shared-out check-in, the start of a shift."""
        event = self.find("events", original.event, original.at)
        is_closed = self.is_closed(event, original.op.building, original.period)
        must(not is_closed, No.ALREADY_SHARED_OUT)
        acts = self.past(Kind.EARN, act.household, original.item)
        own = [it for it in acts if it.resident == original.resident]
        must(not _is_checked_out(original, own), No.UNDO_NEWER_FIRST)


def _in_turn(acts: list[Act]) -> list[Act]:
    return sorted(acts, key=lambda it: it.at)


def _is_checked_out(check_in: Act, own: list[Act]) -> bool:
    """Tell whether the next thing in the resident's time is a check-out."""
    acts = _in_turn(own)
    following = acts[acts.index(check_in) + 1 :][:1]
    is_over = [it.op.phase for it in following] == [Phase.CHECK_OUT]
    return check_in.op.phase is Phase.CHECK_IN and is_over


def content(op: Any) -> object:
    """Give what an operation says, leaving out how it travelled; a gift names no instant."""
    if op.kind is Kind.GIVE:
        return replace(op, occurred_at=NEVER)
    return replace(op, is_offline=False) if hasattr(op, "is_offline") else op
