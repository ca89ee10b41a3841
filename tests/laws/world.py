"""A world small enough that everything runs out: points, goods, budgets, limits and time."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import insert

from points.domain.access import Credential, Role
from points.domain.cards import CardNumber
from points.domain.ids import (
    AccountId,
    CommunityKey,
    CredentialId,
    EventKey,
    HouseholdId,
    ResidentId,
    budget,
    goods,
    owed,
    wallet,
)
from points.domain.operations import CardRef, SlipRef, card_by_code, card_by_number
from points.domain.periods import DaysValid, EndOfYear, Period
from points.domain.programme import (
    Catalog,
    CleanUp,
    Fixed,
    Release,
    Session,
    Span,
    TimesLimit,
    Who,
)
from points.domain.shown_cards import card_by_allowance, card_by_one_time_code
from points.service.confirming import set_pin
from points.service.transactions import transaction
from points.storage.access import add_credential, revoke_credential
from points.storage.columns import table_of
from points.storage.engine import Database
from points.storage.locks import lock_accounts
from points.storage.people import CardRow, ResidentRow
from points.storage.slips import add_papers
from tests.build import make_catalog, with_version
from tests.desk import Dice
from tests.laws.town import Card
from tests.market import (
    BIN_BAGS,
    BOOTHS,
    CHECK_IN,
    CLEAN_UP,
    CORRIDORS,
    DAY,
    GAME,
    HAND_IN,
    LI,
    LI_CARD,
    LI_SENIOR,
    MARKET,
    PROGRAMME,
    QINGSHUI,
    SHIJI,
    SINCE_EVER,
    SORTING,
    TOWEL,
    WANG,
    WANG_CARD,
    WANG_SENIOR,
    ZHAO,
    ZHAO_CARD,
    ZHAO_SENIOR,
    at,
)
from tests.save import card_row, save_catalog, save_household, save_people

BEFORE, SECOND_DAY, THIRD_DAY = (DAY + timedelta(days=it) for it in (-2, 1, 2))
NEW_YEAR = date(2020, 1, 1)
NEXT_EVE, NEXT_YEAR = date(2020, 12, 31), date(2021, 1, 1)

STRICT = replace(
    PROGRAMME,
    expires=EndOfYear(0),
    points_per_day_max=15,
    offline_days_max=3,
    refund_days_valid=2,
    offline_points_per_card_max=20,
    unconfirmed_points_per_day_max=8,
    gift_points_per_day_max=9,
)
"""The first rules: points end with the year."""
BRIEF = replace(
    STRICT,
    expires=DaysValid(0),
    unconfirmed_points_per_day_max=None,
    gift_points_per_day_max=12,
)
"""For a day points end sooner than those earned before, so it matters which are spent first."""
WARY = replace(
    BRIEF,
    unconfirmed_points_per_day_max=8,
    second_factor="code",
    gift_points_per_day_max=0,
)
GENEROUS = replace(
    STRICT,
    expires=EndOfYear(1),
    points_per_day_max=25,
    clock_minutes_off_max=5,
    unconfirmed_points_per_day_max=None,
)

FAIR = replace(
    MARKET,
    sessions=(
        Session(opens=at("08:00", on=BEFORE), closes=at("12:00", on=THIRD_DAY)),
        Session(opens=at("20:00", on=THIRD_DAY), closes=at("12:00", on=NEW_YEAR)),
        Session(opens=at("20:00", on=NEXT_EVE), closes=at("12:00", on=NEXT_YEAR)),
    ),
    tolerance_minutes=15,
    points_budget=200,
)
CORRIDOR = replace(
    CORRIDORS,
    sessions=(
        Session(opens=at("08:00"), closes=at("12:00", on=NEW_YEAR)),
        Session(opens=at("20:00", on=NEXT_EVE), closes=at("12:00", on=NEXT_YEAR)),
    ),
)
FRUGAL = CleanUp(points_per_person=20, points_max=50, once_in=Period.MONTH)
BRISK = replace(
    GAME,
    cooldown_minutes=5,
    times=(TimesLimit(who=Who.RESIDENT, span=Span.EVENT, times_max=3),),
)
BAGS = replace(BIN_BAGS, price=6, stock=7)
DEARER_BAGS = replace(BAGS, price=9)
TOWELS = replace(
    TOWEL,
    price=4,
    stock=10,
    released=(
        Release(at=at("09:00"), pieces=5),
        Release(at=at("11:00"), pieces=3),
        Release(at=at("10:00", on=SECOND_DAY), pieces=2),
    ),
    reserved_for={"elders": 2},
)


def make_world() -> Catalog:
    """Set the market day up with little of everything, and with rules that change on the way."""
    catalog = make_catalog(
        STRICT,
        FAIR,
        CORRIDOR,
        replace(CHECK_IN, times=(TimesLimit(who=Who.HOUSEHOLD, span=Span.DAY, times_max=1),)),
        BRISK,
        replace(SORTING, points_max_per_event=45),
        replace(HAND_IN, points_budget=40),
        replace(CLEAN_UP, rule=FRUGAL),
        replace(BOOTHS[7], redeems=True),
        BAGS,
        TOWELS,
    )
    catalog = with_version(catalog, BRIEF, valid_from=at("10:20"))
    catalog = with_version(catalog, WARY, valid_from=at("11:00"))
    catalog = with_version(catalog, STRICT, valid_from=at("12:00", on=SECOND_DAY))
    catalog = with_version(catalog, GENEROUS, valid_from=at("00:00", on=NEW_YEAR))
    catalog = with_version(catalog, replace(BRISK, rule=Fixed(points=7)), valid_from=at("12:00"))
    return with_version(catalog, DEARER_BAGS, valid_from=at("11:00"))


# People: Wang has two cards, Chen's is anonymous and has no resident, one was never printed.

CHEN = HouseholdId(4)
JUNIOR = ResidentId(21)
JUNIOR_CARD, CHEN_CARD, NO_CARD = (card_by_code(bytes([it]) * 32) for it in (5, 4, 9))
WANG_NUMBER = card_by_number("000000001")
SPARES = (HouseholdId(6), HouseholdId(7))
SPARE_CARDS = tuple(card_by_code(bytes([it]) * 32) for it in SPARES)

NUMBERS: dict[CardRef, CardNumber] = {
    card: CardNumber(f"{number:09}")
    for number, card in enumerate(
        [WANG_CARD, LI_CARD, ZHAO_CARD, CHEN_CARD, JUNIOR_CARD, *SPARE_CARDS], start=1
    )
}
COMMUNITIES: dict[HouseholdId, CommunityKey | None] = {
    WANG: SHIJI.key,
    LI: SHIJI.key,
    ZHAO: QINGSHUI.key,
    CHEN: None,
    **dict.fromkeys(SPARES),
}


def make_cards() -> dict[str, Card]:
    """Give the cards as the model knows them."""
    owners = {
        WANG_CARD: (WANG, WANG_SENIOR),
        LI_CARD: (LI, LI_SENIOR),
        ZHAO_CARD: (ZHAO, ZHAO_SENIOR),
        CHEN_CARD: (CHEN, None),
        JUNIOR_CARD: (WANG, JUNIOR),
        **{card: (owner, None) for card, owner in zip(SPARE_CARDS, SPARES, strict=True)},
    }
    cards: dict[str, Card] = {
        card: Card(NUMBERS[card], owner, resident) for card, (owner, resident) in owners.items()
    }
    return cards | {card_by_number(it.number): it for it in cards.values()}


PIN, OTHER_PIN, WRONG_PIN = "271836", "314159", "000001"
ANY_CODE = card_by_one_time_code(bytes(32))
ANY_ALLOWANCE = card_by_allowance(bytes(32))
"""What a run fills in with one that was made; as it stands, nobody has heard of it."""


def _phone(name: str, role: Role, booth: int | None, event: EventKey = MARKET.key) -> Credential:
    key = None if booth is None else BOOTHS[booth].key
    return Credential(id=CredentialId(name), role=role, event=event, booth=key)


SUPERVISOR = _phone("device:1", Role.SUPERVISOR, 4)
STALL = _phone("device:2", Role.REDEEM, 4)
PLAY = _phone("device:3", Role.EARN, 7)
WANGS_PAGE, LIS_PAGE = (
    Credential(id=CredentialId(f"resident:{NUMBERS[card]}"), role=Role.RESIDENT)
    for card in (WANG_CARD, LI_CARD)
)
STAMPS = tuple(_phone(f"device:{10 + it}", Role.EARN, it) for it in (1, 2, 3, 5))
STEWARD = _phone("device:4", Role.SUPERVISOR, None, CORRIDORS.key)
PARTNER = _phone("partner:1", Role.PARTNER, 7)
REVOKED = _phone("device:9", Role.SUPERVISOR, 4)


SLIPS = tuple(SlipRef(it * 64) for it in "abc")
PAPERS = SLIPS[:2]
"""Slips that were printed blank; of the third nobody has heard."""


def save_world(database: Database) -> None:
    """Write everything that stays the same in every run."""
    with transaction(database) as connection:
        save_catalog(connection, make_world())
        save_people(connection)
        for anonymous in (CHEN, *SPARES):
            save_household(connection, anonymous, fingerprint=bytes([anonymous]) * 32)
        junior = {"id": JUNIOR, "household": WANG, "added_at": SINCE_EVER}
        connection.execute(insert(table_of(ResidentRow)), junior)
        card = card_row(HouseholdId(5), fingerprint=bytes([5]) * 32)
        card |= {"household": WANG, "resident": JUNIOR}
        connection.execute(insert(table_of(CardRow)), card)
        add_papers(connection, PAPERS, at=SINCE_EVER)
        add_credential(connection, REVOKED, name="lost", token_hash=bytes(32), added_at=SINCE_EVER)
        revoke_credential(connection, REVOKED.id, SINCE_EVER)
        lock_accounts(connection, limited_accounts(make_world()))  # all are compared, used or not
    for theirs in (WANG_CARD, LI_CARD):
        set_pin(database, NUMBERS[theirs], PIN, now=SINCE_EVER, random_bytes=Dice())


def limited_accounts(catalog: Catalog) -> set[AccountId]:
    return (
        {account(household) for household in COMMUNITIES for account in (wallet, owed)}
        | {goods(number) for number in catalog.shelves.values()}
        | {budget(number) for number in catalog.budgets.values()}
    )
