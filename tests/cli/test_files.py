"""Files of codes and tokens: whole or not at all, and for nobody else's eyes."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from points.cli.files import keep_secret, new_file, private_folder, read_bytes, read_text


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")


def keep_anything(path: Path) -> None:
    with new_file(path):
        pytest.fail("nothing may be done for a file that cannot be written")


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_file_is_there_once_it_is_whole_and_its_owner_alone_can_read_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "cards.html"

    with new_file(path) as file:
        file.write(b"codes")
        was_there = path.exists()

    assert not was_there
    assert (path.read_bytes(), mode_of(path)) == (b"codes", 0o600)
    assert [one.name for one in tmp_path.iterdir()] == ["cards.html"]


@pytest.mark.parametrize("end", [KeyboardInterrupt, ValueError, typer.Exit])
def test_a_file_whose_making_was_broken_off_never_was(
    tmp_path: Path, end: type[BaseException]
) -> None:
    def break_off() -> None:
        with new_file(tmp_path / "cards.html") as file:
            file.write(b"half")
            raise end

    with pytest.raises(end):
        break_off()

    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_kept_unless_force_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cards.html"
    path.write_text("not printed yet")
    path.chmod(0o644)

    with pytest.raises(typer.Exit) as ended:
        keep_anything(path)
    kept = path.read_text()
    with new_file(path, overwrites=True) as file:
        file.write(b"new")

    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == f"{path} is there already; to replace it, say --force.\n"
    assert kept == "not printed yet"
    assert (path.read_bytes(), mode_of(path)) == (b"new", 0o600)


def test_what_was_there_stays_when_its_replacement_is_broken_off(tmp_path: Path) -> None:
    path = tmp_path / "cards.html"
    path.write_text("old")

    def break_off() -> None:
        with new_file(path, overwrites=True) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()

    assert path.read_text() == "old"


def test_a_link_stays_one_and_what_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "cards.html").touch()
    link = tmp_path / "latest"
    link.symlink_to("cards.html")

    with new_file(link, overwrites=True) as file:
        file.write(b"new")

    assert (link.is_symlink(), (tmp_path / "cards.html").read_bytes()) == (True, b"new")


def test_a_stream_is_written_to_as_it_is() -> None:
    reader, writer = os.pipe()

    with new_file(Path(f"/dev/fd/{writer}")) as file:
        file.write(b"codes")
    os.close(writer)

    with os.fdopen(reader, "rb") as stream:
        assert stream.read() == b"codes"


@pytest.mark.parametrize("use", [read_bytes, read_text, keep_anything])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/such/file", "there is no such file or folder"),
        (".", "this is a folder, not a file"),
    ],
)
def test_a_path_that_cannot_be_is_said_so_with_the_reason(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    use: Callable[[Path], object],
    name: str,
    reason: str,
) -> None:
    with pytest.raises(typer.Exit) as ended:
        use(tmp_path / name)

    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == f"{tmp_path / name}: {reason}\n"


def test_text_may_begin_with_a_mark_as_windows_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "programme.toml"
    path.write_bytes(b"\xef\xbb\xbfname")

    assert read_text(path) == "name"


def test_text_in_another_encoding_is_asked_for_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "programme.toml"
    path.write_bytes("名称".encode("gb18030"))

    with pytest.raises(typer.Exit) as ended:
        read_text(path)

    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == f"{path}: save it as UTF-8.\n"


def test_a_secret_replaces_the_one_before_and_is_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("old")
    path.chmod(0o666)

    keep_secret(path, "new")

    assert (path.read_text(), mode_of(path)) == ("new\n", 0o600)


def test_a_private_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "data" / "tokens")

    assert (folder, mode_of(folder)) == (tmp_path / "data" / "tokens", 0o700)
    assert private_folder(folder) == folder


def test_a_folder_where_a_file_stands_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").touch()

    with pytest.raises(typer.Exit):
        private_folder(tmp_path / "data")

    assert capsys.readouterr().err == f"{tmp_path / 'data'}: it is there already\n"
