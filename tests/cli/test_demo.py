"""The demo as a newcomer meets it: made once, held today, tried by pasting what was printed."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from shutil import copytree

import pytest
import typer
import zxingcpp
from PIL import Image
from typer.testing import Result

from points.cli import demo
from points.cli.demo import EVENT, SAMPLE, SAMPLE_PICTURE, SHEET, prepare_demo
from points.domain.access import Role
from points.outside.qr_images import qr_text
from points.service.pairing import Paired, claim_invite
from points.service.posting import make_book
from points.service.quizzes import load_quiz_list, read_played_quiz
from points.service.transactions import snapshot
from points.settings import Settings, read_settings
from points.storage.engine import Database
from points.web.app import create_app
from tests.cli.terminal import run, set_up_fair
from tests.live import running

SERVER = "http://127.0.0.1:8000"
INVITE = re.compile("#i=pi_.{43}")
LINK = re.compile(rf"{re.escape(SERVER)}/scan#i=(pi_[A-Za-z0-9_-]{{43}})\n")
NAMES = ("POINTS_DATA", "POINTS_SERVER", "POINTS_DATABASE_URL")
# A shell reads what was pasted; a stand-in says what `points` would have got of it.
STAND_IN = r"""points() { printf '%s\0' "$#" "$@" "$(cat)" "${NAMES[@]}"; }
""".replace("${NAMES[@]}", '" "'.join(f"${name}" for name in NAMES))


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "it's a $folder"
    folder.mkdir()
    return folder


@pytest.fixture
def settings(database_url: str) -> Settings:
    return read_settings({"POINTS_DATABASE_URL": database_url})


def made_in(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in data.rglob("*") if path.is_file()}


def day_held(database: Database) -> date:
    book = make_book(database, lambda: datetime.now(UTC))
    with snapshot(database) as connection:
        catalog = book.catalogs.current(connection)
    fair = catalog.events[EVENT].latest.item
    assert fair is not None
    zone = catalog.programme_at(book.clock()).zone
    return fair.sessions[0].opens.astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class Pasted:
    """What `points` gets of a line that was pasted into a shell."""

    arguments: list[str]
    typed: str
    environment: dict[str, str]

    def run(self) -> Result:
        return run(*self.arguments, typed=self.typed, **self.environment)


def paste(lines: list[str]) -> Iterator[Pasted]:
    shell = subprocess.run(
        ["bash", "-c", "\n".join([STAND_IN, *lines])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    assert shell.stderr == ""
    words = iter(shell.stdout.split("\0")[:-1])
    for count in words:
        arguments = [next(words) for _ in range(int(count))]
        yield Pasted(arguments, next(words), {name: next(words) for name in NAMES})


def test_what_is_printed_works_when_it_is_pasted(
    settings: Settings, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running(create_app(settings, clock=lambda: datetime.now(UTC))) as address:
        prepare_demo(settings, data, address)
        printed = capsys.readouterr().out
        lines = [line for line in printed.splitlines() if line.startswith("  ")]
        *commands, undo = paste(lines)
        said = [command.run().output for command in commands]
        redemption = said[2].split()[-1]
        undone = run(*undo.arguments, typed=redemption, **undo.environment)

    code = (data / SAMPLE).read_text().strip()
    assert printed.count(code) == 2
    assert printed.count(f"{address}/C/{code}\n") == 1
    assert [one.splitlines()[-1].partition("    id")[0] for one in said[:-1]] == [
        "✔ +10 points. Added. 10 points in all",
        "✔ +32 points. Added. 42 points in all",
        "✔ -30 points. Done. 12 points are left",
        "12 points to spend",
    ]
    assert "✔ The book is whole" in said[-1]
    assert undone.output.startswith("✔ +30 points. Undone. 42 points in all")


def test_a_second_start_changes_nothing_and_prints_the_same(
    settings: Settings, database: Database, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prepare_demo(settings, data, SERVER)
    first, made = capsys.readouterr().out, made_in(data)

    prepare_demo(settings, data, SERVER)

    second = capsys.readouterr().out
    assert (but_for_invites(second), made_in(data)) == (but_for_invites(first), made)
    tokens = {"booth-1", "booth-4", "booth-12", "lead", "partner"}
    assert set(made) == {SAMPLE, SAMPLE_PICTURE, SHEET, *tokens}


def test_a_list_of_ones_own_for_the_quiz_stays(
    settings: Settings, database: Database, data: Path
) -> None:
    prepare_demo(settings, data, SERVER)
    book = make_book(database, lambda: datetime.now(UTC))
    demos = read_played_quiz(book)
    own = "名称,类别\n" + "".join(f"物品{place},干垃圾\n" for place in range(8))
    load_quiz_list(database, own.encode(), now=datetime.now(UTC))

    prepare_demo(settings, data, SERVER)

    assert demos is not None
    played = read_played_quiz(book)
    assert played is not None
    assert (len(demos.items), len(played.items)) == (64, 8)


def but_for_invites(printed: str) -> str:
    """Leave out what is good for one phone, and so is new at each start."""
    return INVITE.sub("…", printed)


def test_each_start_invites_a_phone_to_hand_goods_out_and_one_to_award_points(
    settings: Settings, data: Path, capsys: pytest.CaptureFixture[str], database: Database
) -> None:
    for _ in range(2):
        prepare_demo(settings, data, SERVER)
    links = LINK.findall(capsys.readouterr().out)
    book = make_book(database, lambda: datetime.now(UTC))

    claimed = [
        claim_invite(book, text, f"pd_{place:043}", now=datetime.now(UTC))
        for place, text in enumerate(links)
    ]

    stations = [
        (one.credential.role, one.station.booth and one.station.booth.number)
        for one in claimed
        if isinstance(one, Paired)
    ]
    assert stations == [(Role.REDEEM, 4), (Role.EARN, 12)] * 2


def test_the_sample_cards_picture_reads_as_the_card(settings: Settings, data: Path) -> None:
    prepare_demo(settings, data, SERVER)

    [found] = zxingcpp.read_barcodes(Image.open(data / SAMPLE_PICTURE).convert("L"))

    assert found.text == (data / SAMPLE).read_text().strip()


def test_a_terminal_is_shown_the_invites_as_codes_for_a_camera(
    settings: Settings,
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    prepare_demo(settings, data, SERVER)

    shown = capsys.readouterr().out
    links = [f"{SERVER}/scan#i={text}" for text in LINK.findall(shown)]
    assert len(links) == 2
    assert all(qr_text(link) in shown for link in links)


def test_what_the_demo_makes_is_for_its_owner_alone(settings: Settings, data: Path) -> None:
    prepare_demo(settings, data, SERVER)

    assert {path.stat().st_mode & 0o077 for path in data.rglob("*")} == {0}


def test_on_another_day_the_fair_is_held_again_with_a_card_that_was_not_used_yet(
    settings: Settings, database: Database, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_demo(settings, data, SERVER)
    held, before = day_held(database), made_in(data)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    monkeypatch.setattr(demo, "now", lambda: tomorrow)

    prepare_demo(settings, data, SERVER)

    after = made_in(data)
    assert day_held(database) == held + timedelta(days=1)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {SAMPLE, SAMPLE_PICTURE}


def test_what_is_missing_is_made_anew(settings: Settings, data: Path) -> None:
    prepare_demo(settings, data, SERVER)
    before = made_in(data)
    (data / "tokens" / "booth-4").unlink()
    (data / SHEET).unlink()

    prepare_demo(settings, data, SERVER)

    after = made_in(data)
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {"booth-4", SHEET}


def test_a_programme_of_ones_own_is_left_alone(
    settings: Settings, database: Database, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_fair(database)

    prepare_demo(settings, data, SERVER)

    assert "somebody's own" in capsys.readouterr().out
    assert made_in(data) == {}


def test_a_demo_that_somebody_has_changed_is_left_as_they_want_it(
    settings: Settings, database_url: str, database: Database, data: Path, tmp_path: Path
) -> None:
    text = files("points.demo").joinpath("changfeng.toml").read_text("utf-8")
    changed = tmp_path / "ours.toml"
    changed.write_text(text.replace("price = 30", "price = 31"), "utf-8")
    loading = ("programme", "load", changed, "--database", database_url)
    assert run(*loading, "--rehearse-on", "2026-05-01").exit_code == 0

    prepare_demo(settings, data, SERVER)

    assert day_held(database) == date(2026, 5, 1)
    assert made_in(data) == {}


def test_a_folder_of_another_database_is_not_mixed_with_this_one(
    settings: Settings, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = data / "tokens" / "booth-4"
    stranger.parent.mkdir()
    stranger.write_text("pd_" + "x" * 43)
    copytree(data, tmp_path / "before")

    with pytest.raises(typer.Exit) as ended:
        prepare_demo(settings, data, SERVER)

    assert ended.value.exit_code == 2
    assert "is a token of another database" in capsys.readouterr().err
    assert made_in(data) == made_in(tmp_path / "before")


def test_a_password_is_never_printed(data: Path) -> None:
    url = "postgresql://somebody:secret@localhost/points"

    lines = list(demo.commands_to_try(data, url, SERVER))

    assert "secret" not in " ".join(lines)
    assert "points verify --database URL" in lines
