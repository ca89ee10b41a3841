"""The demo: the subdistrict's volunteer day of December 2019, held today, ready to try."""

from importlib.resources import files
from pathlib import Path

from points.cli.booth import keep_secret, token_folder
from points.cli.door import catalog_of, now, random_bytes
from points.cli.programme import load_into, read
from points.cli.reasons import done
from points.cli.words import say
from points.domain.access import Role
from points.domain.ids import BoothKey, EventKey
from points.domain.pairing import Pairing
from points.domain.periods import local_day
from points.outside.card_sheets import card_sheet_html
from points.service.cards import print_cards
from points.service.credentials import add_device, add_partner_key
from points.service.posting import Book, make_book
from points.settings import Settings
from points.storage.engine import open_database

EVENT = EventKey("volunteer-day-2019")
_FILE = "changfeng.toml"
_CARDS = 20
_DEVICES = (
    ("booth-1", 1, Role.EARN),
    ("booth-4", 4, Role.REDEEM),
    ("booth-12", 12, Role.EARN),
    ("lead", 4, Role.SUPERVISOR),
    ("partner", 4, Role.PARTNER),
)


def prepare_demo(chosen: Settings, data: Path, base: str) -> None:
    """Load the demo with its day moved to today; at the first run make cards and tokens as well."""
    database = open_database(chosen.database_url)
    try:
        book = make_book(database, now)
        _load_for_today(book)
        sample = data / "sample-card"
        if not sample.exists():
            _make_codes(book, data, chosen.public_url)
        _tell(data, base, chosen, sample.read_text().strip())
    finally:
        database.dispose()


def _load_for_today(book: Book) -> None:
    text = files("points.demo").joinpath(_FILE).read_text("utf-8")
    zone = read(text, name=_FILE, moved_to=None).programme.zone
    load_into(book, read(text, name=_FILE, moved_to=local_day(now(), zone)))


def _make_codes(book: Book, data: Path, public_url: str | None) -> None:
    folder = token_folder(data)
    for name, booth, role in _DEVICES:
        pairing = Pairing(
            name=f"demo {name}", role=role, event=EVENT, booth=BoothKey(f"{EVENT}/{booth}")
        )
        add = add_partner_key if role is Role.PARTNER else add_device
        admitted = done(add(book.database, pairing, now=now(), random_bytes=random_bytes))
        keep_secret(folder / name, admitted.token)
    cards = print_cards(
        book.database, _CARDS, now=now(), random_bytes=random_bytes, public_url=public_url
    )
    programme = catalog_of(book).programme_at(now())
    keep_secret(data / "cards.html", card_sheet_html(cards, programme.name))
    # Last, because it tells that all the rest is there.
    keep_secret(data / "sample-card", cards[0].code)


def _tell(data: Path, base: str, chosen: Settings, sample: str) -> None:
    common = f"--data {data} --server {base} {sample}"
    say("试一试，在另一个终端里：", "Try it, from another terminal in this folder:")
    for line in (
        f".venv/bin/points scan --activity check-in --as booth-4 {common}",
        f".venv/bin/points scan --activity hand-in --grams plastic=6500 --as booth-12 {common}",
        f".venv/bin/points redeem --reward bin-bags --as booth-4 {common}",
        f".venv/bin/points balance --as booth-4 {common}",
        f".venv/bin/points verify --database {chosen.database_url}",
    ):
        say(f"  {line}", f"  {line}")
    say(
        f"积分卡 {_CARDS} 张：{data}/cards.html    各展位的令牌：{data}/tokens/",
        f"{_CARDS} cards to print: {data}/cards.html    tokens of booths: {data}/tokens/",
    )
