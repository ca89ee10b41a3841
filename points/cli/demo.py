"""The demo: the subdistrict's volunteer day of December 2019, held today, ready to try."""

import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from pathlib import Path

from sqlalchemy import make_url

from points.cli.door import catalog_of, now, random_bytes, reached
from points.cli.files import TOKENS, keep_secret, new_file, private_folder, read_text
from points.cli.invites import draw_link, invite_link
from points.cli.programme import load_into, read
from points.cli.reasons import done
from points.cli.words import MISUSED, fail, say
from points.domain.access import Role
from points.domain.ids import BoothKey, EventKey
from points.domain.pairing import Pairing
from points.domain.periods import local_day
from points.domain.programme_changes import compare
from points.domain.programme_file import ProgrammeFile
from points.outside.card_sheets import PrintedCard, card_png, card_sheet_html
from points.service.cards import print_cards
from points.service.credentials import add_device, add_partner_key, credential_of_token
from points.service.pairing import invite_phone
from points.service.posting import Book, make_book
from points.service.quizzes import load_quiz_list, read_played_quiz
from points.service.transactions import snapshot
from points.settings import Settings

EVENT = EventKey("volunteer-day-2019")
SAMPLE = "sample-card"
SAMPLE_PICTURE = "sample-card.png"
SHEET = "cards.html"
CARDS = 20

_FILE = "changfeng.toml"
_QUIZ = "sorting_items.csv"
_TOKENS = {
    "booth-1": (1, Role.EARN),
    "booth-4": (4, Role.REDEEM),
    "booth-12": (12, Role.EARN),
    "lead": (4, Role.SUPERVISOR),
    "partner": (4, Role.PARTNER),
}
_INVITED = (
    ("booth-4", "兑换", "hands goods out"),
    ("booth-12", "加分、分类问答", "awards points, plays the sorting quiz"),
)


def prepare_demo(chosen: Settings, data: Path, server: str, *, phones: str | None = None) -> None:
    """Hold the demo's day today, make what is missing to try it with, and tell how.

    A database in which somebody has set up a programme of their own is left alone.

    Args:
        chosen: How the service runs.
        data: The folder of all that is made.
        server: Where the service is for this machine.
        phones: Where it is for phones, if that is elsewhere.
    """
    with reached(chosen.database_url) as database:
        book = make_book(database, now)
        missing = _missing_tokens(book, data)
        today = local_day(now(), _read(None).programme.zone)
        held_on = _day_held(book)
        if held_on is None:
            say(
                "这里的方案是自己的，没有载入演示。要看演示，请用 --data 另选一个文件夹",
                "The programme in here is somebody's own, so the demo was not loaded. To see the "
                "demo, choose another folder with --data.",
            )
            return
        if held_on != today:
            load_into(book, _read(today))
        _load_quiz(book)
        _make_tokens(book, data, missing)
        _make_cards(book, data, chosen.public_url, is_new_day=held_on != today)
        links = _invite_phones(book, chosen.public_url or phones or server)
    _tell(data, chosen.database_url, server)
    _tell_of_scanner(data, links, phones)
    _tell_of_resident(data, chosen.public_url or phones or server)


def commands_to_try(data: Path, database_url: str, server: str) -> Iterator[str]:
    """Write what a newcomer may try, so that a shell takes it as it stands."""
    settings = {"POINTS_DATA": str(data), "POINTS_SERVER": server}
    has_password = make_url(database_url).password is not None
    if not has_password:
        settings["POINTS_DATABASE_URL"] = database_url
    yield from (f"export {name}={shlex.quote(value)}" for name, value in settings.items())
    program = Path(sys.argv[0])
    if shutil.which(program.name) != str(program.absolute()):
        yield f'export PATH={shlex.quote(str(program.absolute().parent))}:"$PATH"'
    card = f'< "$POINTS_DATA/{SAMPLE}"'
    yield f"points scan --activity check-in --as booth-4 {card}"
    yield f"points scan --activity hand-in --grams plastic=6500 --as booth-12 {card}"
    yield f"points redeem --reward bin-bags --yes --as booth-4 {card}"
    yield f"points balance --as booth-4 {card}"
    yield "points verify" + (" --database URL" if has_password else "")
    yield "points undo --as booth-4"  # last, for it waits for the id that is to be typed


def _day_held(book: Book) -> date | None:
    """Tell on which day the demo is held; `date.min` if nothing is, None if something else is."""
    with snapshot(book.database) as connection:
        catalog = book.catalogs.current(connection)
    if not catalog.programme.all:
        return date.min
    fair = catalog.events.get(EVENT)
    if fair is None or fair.latest.item is None:
        return None
    day = local_day(fair.latest.item.sessions[0].opens, catalog.programme_at(now()).zone)
    changes = compare(catalog, _read(day), now())
    return None if changes.versions or changes.faults else day


def _read(moved_to: date | None) -> ProgrammeFile:
    text = files("points.demo").joinpath(_FILE).read_text("utf-8")
    return read(text, name=_FILE, moved_to=moved_to)


def _load_quiz(book: Book) -> None:
    """Let the demo's list be played, unless somebody has loaded another."""
    if read_played_quiz(book) is None:
        content = files("points.demo").joinpath(_QUIZ).read_bytes()
        load_quiz_list(book.database, content, now=now())


def _missing_tokens(book: Book, data: Path) -> list[str]:
    """Name the tokens that are not there yet; where some are another database's, end."""
    missing = []
    for name in _TOKENS:
        file = data / TOKENS / name
        if not file.exists():
            missing.append(name)
        elif credential_of_token(book.database, read_text(file).strip()) is None:
            fail(
                f"{file} 是另一个数据库的令牌。请用 --data 另选一个文件夹",
                f"{file} is a token of another database. Choose another folder with --data.",
                code=MISUSED,
            )
    return missing


def _make_tokens(book: Book, data: Path, names: list[str]) -> None:
    folder = private_folder(data / TOKENS)
    for name in names:
        pairing = _pairing(name)
        add = add_partner_key if pairing.role is Role.PARTNER else add_device
        admitted = done(add(book.database, pairing, now=now(), random_bytes=random_bytes))
        keep_secret(folder / name, admitted.token)


def _invite_phones(book: Book, address: str) -> Mapping[str, str]:
    """Invite a phone to each booth to try: an invite is good for one, so each start makes new."""
    texts = {
        name: done(
            invite_phone(book.database, _pairing(name), now=now(), random_bytes=random_bytes)
        ).text
        for name, _, _ in _INVITED
    }
    return {name: invite_link(address, text) for name, text in texts.items()}


def _pairing(name: str) -> Pairing:
    booth, role = _TOKENS[name]
    return Pairing(name=f"demo {name}", role=role, event=EVENT, booth=BoothKey(f"{EVENT}/{booth}"))


def _make_cards(book: Book, data: Path, public_url: str | None, *, is_new_day: bool) -> None:
    def make(count: int) -> list[PrintedCard]:
        return print_cards(
            book.database, count, now=now(), random_bytes=random_bytes, public_url=public_url
        )

    if not (data / SHEET).exists():
        name = catalog_of(book).programme_at(now()).name
        keep_secret(data / SHEET, card_sheet_html(make(CARDS), name))
    # What a household may do once is done once: a card of yesterday would only be refused.
    if is_new_day or not ((data / SAMPLE).exists() and (data / SAMPLE_PICTURE).exists()):
        [card] = make(1)
        keep_secret(data / SAMPLE, card.code)
        with new_file(data / SAMPLE_PICTURE, overwrites=True) as file:
            file.write(card_png(card))


def _tell(data: Path, database_url: str, server: str) -> None:
    code = read_text(data / SAMPLE).strip()
    say(
        f"样卡 {code}，另有 {CARDS} 张可打印：{data / SHEET}",
        f"A card to try: {code}. {CARDS} more to print: {data / SHEET}",
    )
    say("\n试一试，粘贴到另一个终端里：\n", "\nTry it: paste this into another terminal.\n")
    for line in commands_to_try(data, database_url, server):
        print(f"  {line}")
    say(
        f"\n各展位的令牌在 {data / TOKENS}，接口说明在 {server}/api/v1/docs\n",
        f"\nTokens of booths: {data / TOKENS}   The API, described: {server}/api/v1/docs\n",
    )


def _tell_of_resident(data: Path, address: str) -> None:
    link = f"{address}/C/{read_text(data / SAMPLE).strip()}"
    say(
        f"居民用手机扫卡，看到的是这一页：{link}\n",
        f"What a resident sees who scans the card with a phone: {link}\n",
    )


def _tell_of_scanner(data: Path, links: Mapping[str, str], phones: str | None) -> None:
    say(
        f"试扫码页：用浏览器打开下面一个链接，再把这张卡（打印或放在手机上）给镜头看："
        f"{data / SAMPLE_PICTURE}",
        "Try the scanner: open one of these links in a browser, then show the camera this card, on "
        f"paper or on a phone: {data / SAMPLE_PICTURE}",
    )
    for name, zh, en in _INVITED:
        booth, _ = _TOKENS[name]
        if sys.stdout.isatty():  # elsewhere nobody can hold a camera to it
            draw_link(links[name])
        say(
            f"{booth} 号展位（{zh}）：{links[name]}",
            f"Booth {booth} ({en}): {links[name]}",
        )
    prefix = f"POINTS_PUBLIC_URL={phones} " if phones else ""
    more = f"{prefix}points devices invite --booth 4 --role redeem"
    say(
        f"每个链接只配一台手机，一刻钟内有效；再要一个：{more}\n",
        f"Each is for one phone, and good for a quarter of an hour. Another: {more}\n",
    )
