"""What the reference model does at the desk: goods, budgets, households, slips, clean-ups.

Each `tell_` method checks everything first, in the order in which reasons are told, then moves.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from points.domain.access import Role
from points.domain.ids import BoothKey, LotId
from points.domain.operations import Kind
from points.domain.outcomes import Refusal as No
from points.domain.programme import Reward, Shelf
from tests.laws.lots import Act, Lot
from tests.laws.town import must
from tests.laws.trust import Trust
from tests.laws.world import PAPERS

Answer = tuple[Any, ...]
"""("accepted", points, balance), ("refused", why), ("replayed", first answer) or ("conflict",)."""

ANY_SCAN = object()
"""The body of a scan that has its answer whatever it says."""


@dataclass(eq=False)
class Slip:
    points: int
    ends: datetime
    is_cashed: bool = False


class Desk(Trust):
    """Everything that happens beside a card held before a phone."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.answers: dict[tuple[str, str | None], tuple[object, Answer]] = {}
        self.revoked: set[str] = set()
        self.slips: dict[str, Slip] = {}
        self.lots_by_id: dict[LotId, Lot] = {}

    def shelf(self, act: Act, booth: BoothKey, reserve: str = "") -> Shelf:
        reward = self.find("rewards", act.op.reward, act.now)
        must(act.by.role is Role.OPERATOR or act.by.event == reward.event, No.REWARD_UNKNOWN)
        plain = Shelf(reward=reward.key, booth=booth)
        must(plain in self.catalog.shelves, No.BOOTH_UNKNOWN)
        shelf = replace(plain, reserve=reserve)
        must(shelf in self.catalog.shelves, No.RESERVE_UNKNOWN)
        return shelf

    def unreleased(self, reward: Reward, booth: BoothKey, at: datetime) -> int:
        """Count the pieces that stand there and may not go yet."""
        is_home = booth == reward.home_booth
        return sum(it.pieces for it in reward.released if at < it.at and is_home)

    def tell_stock_received(self, act: Act, op: Any) -> None:
        self.move(act, self.shelf(act, op.booth, op.reserve), op.quantity)

    def tell_stock_moved(self, act: Act, op: Any) -> None:
        source, target = self.shelf(act, op.source), self.shelf(act, op.booth)
        must(source != target, No.BOOTH_UNKNOWN)
        later = self.unreleased(self.find("rewards", op.reward, act.now), op.source, act.now)
        must(op.quantity <= self.held[source] - later, No.OUT_OF_STOCK)
        self.move(act, source, -op.quantity)
        self.move(act, target, op.quantity)

    def tell_stock_leased(self, act: Act, op: Any) -> None:
        """Goods go with a phone, so that it can give them away without a network."""
        is_own = (act.by.id, act.by.booth) == (op.device, op.booth)
        must(is_own or act.by.role is Role.OPERATOR, No.NOT_ALLOWED)
        must(op.device not in self.revoked, No.CREDENTIAL_REVOKED)
        shelf = self.shelf(act, op.booth)
        reward = self.find("rewards", op.reward, act.now)
        act.event = reward.event
        later = self.unreleased(reward, op.booth, act.now)
        must(op.quantity <= self.held[shelf] - later, No.OUT_OF_STOCK)
        self.move(act, shelf, -op.quantity)
        self.move(act, ("leased", op.device, shelf), op.quantity)

    def tell_stock_returned(self, act: Act, op: Any) -> None:
        is_own = (act.by.id, act.by.booth) == (op.device, op.booth)
        must(is_own or act.by.role in (Role.OPERATOR, Role.SUPERVISOR), No.NOT_ALLOWED)
        shelf = self.shelf(act, op.booth)
        must(op.quantity <= self.held["leased", op.device, shelf], No.OUT_OF_STOCK)
        self.move(act, ("leased", op.device, shelf), -op.quantity)
        self.move(act, shelf, op.quantity)

    def tell_stock_counted(self, act: Act, op: Any) -> None:
        shelf = self.shelf(act, op.booth, op.reserve)
        self.move(act, shelf, op.counted - self.held[shelf])

    def tell_budget_set(self, act: Act, op: Any) -> None:
        must(op.item in self.catalog.budgets, No.BUDGET_UNKNOWN)
        more = op.points - self.held["granted", op.item]
        must(self.held["budget", op.item] + more >= 0, No.BUDGET_EXHAUSTED)
        self.move(act, ("budget", op.item), more)
        self.move(act, ("granted", op.item), more)

    def grant(self, act: Act, activity: Any, points: int) -> None:
        """Pay what an activity awards, within its budget and its event's."""
        limited = [it for it in (activity.key, activity.event) if it in self.catalog.budgets]
        covered = all(points <= self.held["budget", it] for it in limited)
        must(covered or not points, No.BUDGET_EXHAUSTED)
        for it in limited:
            self.move(act, ("budget", it), -points)
        self.pay(act, points, self.end_of_points(act.at))

    def tell_adjust(self, act: Act, op: Any) -> None:
        must(op.household in self.communities, No.HOUSEHOLD_UNKNOWN)
        must(op.approver not in ("", act.by.id), No.APPROVER_NEEDED)
        act.household = self.root(op.household)
        must(-op.points <= self.available(act.household, act.now), No.POINTS_SHORT)
        if op.points > 0:
            self.pay(act, op.points, self.end_of_points(act.at))
        else:
            self.spend(act, -op.points)

    def tell_expire(self, act: Act, op: Any) -> None:
        lot = self.lots_by_id.get(op.lot)
        must(lot and lot.left and lot.ends <= act.now, No.NOT_DUE)
        act.household = lot.owner if lot else None

    def tell_merge(self, act: Act, op: Any) -> None:
        must({op.source, op.into} <= self.communities.keys(), No.HOUSEHOLD_UNKNOWN)
        source, act.household = self.root(op.source), self.root(op.into)
        must(source != act.household, No.SAME_HOUSEHOLD)
        theirs = {self.communities[source], self.communities[act.household]} - {None}
        must(len(theirs) < 2, No.OTHER_COMMUNITY)
        self.merge(act, source)
        self.stands[source] = act.household

    def tell_slip_issued(self, act: Act, op: Any) -> None:
        whose = op.attempt_by or act.by.id
        is_booths = act.by.role in (Role.EARN, Role.REDEEM)
        must(not is_booths or (op.attempt and whose == act.by.id), No.NOT_ALLOWED)
        must(op.slip not in self.slips, No.SLIP_EXISTS)
        if is_booths:
            rules = self.rules(act.now)
            must(op.slip in PAPERS, No.SLIP_UNKNOWN)
            must(op.points <= rules.slip_points_max, No.SLIP_TOO_LARGE)
            days = (op.last_day - self.day(act.now)).days
            must(days <= rules.slip_days_valid, No.SLIP_TOO_LONG)
        attempt = (whose, op.attempt)
        is_itself = attempt == (act.by.id, act.key)
        must(attempt not in self.answers and not is_itself, No.ATTEMPT_SETTLED)
        must(act.now < self.end_of(op.last_day), No.SLIP_EXPIRED)
        self.slips[op.slip] = Slip(op.points, self.end_of(op.last_day))
        if op.attempt is not None:
            self.answers[attempt] = (ANY_SCAN, ("refused", No.PAID_BY_SLIP))
        act.event = act.by.event

    def tell_slip_cashed(self, act: Act, op: Any) -> None:
        self.hold(act, op.card)
        self.belong(act, self.find("events", act.by.event, act.at))
        must(op.slip in self.slips, No.SLIP_UNKNOWN)
        slip = self.slips[op.slip]
        must(not slip.is_cashed, No.SLIP_USED)
        must(act.at < slip.ends, No.SLIP_EXPIRED)
        slip.is_cashed, act.event = True, act.by.event
        self.pay(act, slip.points, self.end_of_points(act.at))

    def people(self, op: Any) -> list[Act]:
        """Give who checked in at a building in a period, the earliest first."""
        where = (op.activity, op.building, op.period)
        found = [it for it in self.acts if it.op.kind is Kind.EARN and not it.is_undone]
        found = [it for it in found if (it.item, it.op.building, it.period) == where]
        return sorted(found, key=lambda it: it.at)

    def is_closed(self, event: Any, building: str, period: str) -> bool:
        """Tell whether a building was closed in a period, at whatever event of the community."""
        name = f"{event.community} {building} {period}"
        return any(it.op.kind is Kind.BUILDING_CLOSED and it.period == name for it in self.acts)

    def tell_building_closed(self, act: Act, op: Any) -> None:
        people = self.people(op)
        activity = self.find("activities", op.activity, act.at)
        event = self.find("events", activity.event, act.at)
        must(op.building in event.buildings, No.BUILDING_UNKNOWN)
        must(not self.is_closed(event, op.building, op.period), No.ALREADY_SHARED_OUT)
        must(people, No.NOTHING_TO_SHARE)
        act.period = f"{event.community} {op.building} {op.period}"

    def tell_share(self, act: Act, op: Any) -> None:
        people = self.people(op)
        activity = self.find("activities", op.activity, act.at)
        event = self.find("events", activity.event, act.at)
        must(self.is_closed(event, op.building, op.period), No.NOTHING_TO_SHARE)
        paid = [it.op for it in self.acts if it.op.kind is Kind.SHARE]
        name = (op.activity, op.building, op.period, op.place)
        is_paid = name in [(it.activity, it.building, it.period, it.place) for it in paid]
        must(not is_paid, No.ALREADY_SHARED_OUT)
        must(1 <= op.place <= len(people), No.NOTHING_TO_SHARE)
        act.household, act.item, act.event = self.root(op.household), op.activity, event.key
        must(act.household == self.root(people[op.place - 1].household), No.HOUSEHOLD_UNKNOWN)
        most = activity.rule.points_per_person * len(people)
        pot = min(most, activity.rule.points_max or most)
        self.grant(act, activity, pot // len(people) + (op.place <= pot % len(people)))
