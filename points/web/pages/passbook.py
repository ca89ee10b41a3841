"""What is read of a household, put into words for its pages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from points.domain.operations import Kind
from points.domain.passbooks import Line, Meeting, Party, pieces_affordable
from points.domain.periods import NEVER
from points.domain.programme import Booth, Reward
from points.service.passbooks import FrontPage, Savings
from points.service.reading import Offer, Stock
from points.web.pages.words import Words, signed

_FEW = 10
"""Pieces from which on a shelf is said to be nearly empty."""

_LINES = {
    Kind.EARN: "line_earn",
    Kind.REDEEM: "line_redeem",
    Kind.UNDO: "line_undo",
    Kind.ADJUST: "line_adjust",
    Kind.EXPIRE: "line_expire",
    Kind.MERGE: "line_merge",
    Kind.SLIP_CASHED: "line_slip_cashed",
    Kind.SHARE: "line_share",
    Kind.GIVE: "line_give",
    Kind.GIFT_RECEIVED: "line_gift_received",
}
_GIFTS = (Kind.GIVE, Kind.GIFT_RECEIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the statement."""

    what: str
    when: str
    where: str
    change: str
    is_gain: bool
    left: str
    is_undone: bool
    notes: tuple[str, ...] = ()
    """Who spent them for the household, and what ended with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ware:
    """Something that points buy."""

    name: str
    price: str
    buys: str
    """How many pieces the points are enough for; empty where they are not."""
    places: tuple[str, ...]
    have: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What becomes of points in time."""

    points: int
    says: str
    is_soon: bool


def front_of(front: FrontPage, words: Words) -> Mapping[str, object]:
    """Give the figures of the first page."""
    available, market = front.savings.available, front.market
    wares = [] if market is None else wares_of(market.offers, available, words)
    return {
        "available": available,
        "shown": f"{available:,}",
        "owed": front.savings.owed,
        "ending": ending_of(front.savings, words),
        "wares": wares,
        "is_saving": bool(wares) and not any(ware.buys for ware in wares),
        "goods_at": "" if market is None else words.name(market.meeting.event),
        "meetings": [_meeting(meeting, words) for meeting in front.meetings],
        "rows": rows_of(front.lines, words),
        "may_give": front.may_give,
    }


def rows_of(lines: Iterable[Line], words: Words) -> list[Row]:
    """Put lines of a statement into words."""
    return [_row(line, words) for line in lines]


def wares_of(offers: Iterable[Offer], available: int, words: Words) -> list[Ware]:
    """Tell what points buy, and where it is left or will be."""
    return [_ware(offer, available, words) for offer in offers]


def ending_of(savings: Savings, words: Words) -> Ending | None:
    """Tell what ends soonest, and by when it is to be used."""
    if not savings.endings:
        return None
    first = savings.endings[0]
    if first.at >= NEVER:
        return Ending(points=first.points, says=words("lasting_for_ever"), is_soon=False)
    day = words.last_day(first.at)
    if first.at <= savings.soon:
        return Ending(points=first.points, says=words("ends", day=day), is_soon=True)
    return Ending(points=first.points, says=words("lasting", day=day), is_soon=False)


def _row(line: Line, words: Words) -> Row:
    posted = line.posted
    points = posted.points or -posted.expired
    return Row(
        what=_what(line, words),
        when=words.when(posted.occurred_at),
        where="" if line.booth is None else _place(line.booth, words),
        change=signed(points),
        is_gain=points > 0,
        left="" if posted.balance_after is None else f"{posted.balance_after:,}",
        is_undone=line.is_undone,
        notes=tuple(_notes(line, words)),
    )


def _what(line: Line, words: Words) -> str:
    posted, key = line.posted, _LINES.get(line.posted.kind, "line_other")
    item = words.name(line.item) or words("some_activity")
    who = "" if line.other is None else _called(line.other, words)
    if not who and posted.kind in _GIFTS:
        who = words("someone")
    return words(key, item=item, quantity=max(1, posted.quantity), who=who)


def _called(party: Party, words: Words) -> str:
    """Name whoever else had a part, as far as the household may be told."""
    if party.is_pool:
        return words("the_pool")
    if not party.ending:
        return party.name
    if not party.name:
        return words("who_nameless", ending=party.ending)
    return words("who", name=party.name, ending=party.ending)


def _notes(line: Line, words: Words) -> Iterator[str]:
    posted, carrier = line.posted, line.carrier
    if carrier is not None:
        # A household knows its carriers by its own words, and by a number where those are gone.
        label = carrier.name or words("card_ending", ending=carrier.ending)
        yield words("by_carrier", label=label)
    if posted.points and posted.expired:
        yield words("also_ended", points=posted.expired)


def _place(booth: Booth, words: Words) -> str:
    # Booths have no English names; their numbers are read by everybody.
    if words.is_english:
        return words("booth", number=booth.number)
    return words("booth_named", number=booth.number, name=booth.name)


def _ware(offer: Offer, available: int, words: Words) -> Ware:
    reward = offer.reward
    pieces = pieces_affordable(reward, available)
    return Ware(
        name=words.name(reward),
        price=_price(reward, available, words),
        buys=words("buys", pieces=pieces) if pieces else "",
        places=tuple(_left(stock, words) for stock in _worth_telling(offer)),
        have=min(available, reward.price),
        points=reward.price,
    )


def _price(reward: Reward, available: int, words: Words) -> str:
    if available < reward.price:
        return words("price_short", points=reward.price, short=reward.price - available)
    if reward.per_household_per_event is not None:
        return words("price_limited", points=reward.price, most=reward.per_household_per_event)
    return words("price", points=reward.price)


def _worth_telling(offer: Offer) -> list[Stock]:
    """Give the booths that have some, or will; where none does, the one that it belongs to."""
    found = [stock for stock in offer.stocks if stock.left or stock.next_release is not None]
    home = [stock for stock in offer.stocks if stock.booth.key == offer.reward.home_booth]
    return found or home


def _left(stock: Stock, words: Words) -> str:
    place, release = words("booth", number=stock.booth.number), stock.next_release
    if release is not None and not stock.left:
        return words("next_at_booth", place=place, at=words.clock(release.at), left=release.pieces)
    key = "gone_at_booth" if not stock.left else "at_booth"
    if 0 < stock.left < _FEW:
        key = "few_at_booth"
    said = words(key, place=place, left=stock.left)
    if release is None:
        return said
    later = words("more_later", at=words.clock(release.at), left=release.pieces)
    return f"{said}{', ' if words.is_english else '，'}{later}"


def _meeting(meeting: Meeting, words: Words) -> Mapping[str, object]:
    return {
        "name": words.name(meeting.event),
        "place": meeting.event.place,
        "hours": words.hours(meeting.session),
        "is_on": meeting.is_on(words.tongue.spoken_at),
    }
