"""A disk that takes no more, and files that may only be read: the service says so, and recovers.

Reading goes on; nothing is half written; what was not acknowledged can be sent again.
"""

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.drills.auditing import Audit, times_booked
from tests.drills.ground import code_of
from tests.drills.scenes import Scene, scene_on
from tests.drills.serving import Preparation

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for it")

ROOT = Path(__file__).parents[2]
IN_A_SPACE_OF_ITS_OWN = ("unshare", "--user", "--map-root-user", "--mount")
DISK_BYTES = 4 << 20
TRIES = 3

# See capabilities(7): by these root writes where nobody may.
_CAPABILITIES_3 = 0x2008_0522
_OVERRIDE_BITS = 1 << 1 | 1 << 2

Trouble = Callable[[Scene], AbstractContextManager[None]]


def check_trouble(folder: Path, trouble: Trouble, prepare: Preparation | None = None) -> None:
    """Let trouble come and go under a service that nobody restarts."""
    with scene_on(f"sqlite:///{folder / 'points.db'}", folder, phones=1) as scene:
        scene.service.start(prepare)
        assert [scene.phones.first.try_one() for _ in range(TRIES)] == [""] * TRIES

        with trouble(scene):
            told = [scene.phones.first.try_one() for _ in range(TRIES)]
            points = scene.phones.first.available(code_of(1))
            held = scene.phones.unanswered()
            times = times_booked(scene.database, scene.phone, [str(one["id"]) for one in held])
            scene.database.reader.dispose()

        assert told == ["the service answered 503"] * TRIES
        assert points >= 0
        assert list(times.values()) == [0] * TRIES
        scene.phones.settle()
        assert [scene.phones.first.try_one() for _ in range(TRIES)] == [""] * TRIES
        assert scene.audit() == Audit()


@contextmanager
def file_sizes_limited(scene: Scene) -> Iterator[None]:
    """Let no file grow, and none be written past its first page: every write fails."""
    before = resource.prlimit(scene.service.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(scene.service.pid, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(scene.service.pid, resource.RLIMIT_FSIZE, before)


def test_writes_that_fail_are_told_and_leave_nothing_behind(tmp_path: Path) -> None:
    check_trouble(tmp_path, file_sizes_limited)


def without_privileges() -> None:
    """Prepare a service for which permissions hold even where root runs it."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_3, 0)
    sets = (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.capget(header, sets) == 0
    sets[0] &= ~_OVERRIDE_BITS
    assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())


@contextmanager
def files_write_protected(scene: Scene) -> Iterator[None]:
    lock_file = scene.database.lock_file
    assert lock_file is not None
    files = list(lock_file.parent.glob("points.db*"))
    for file in files:
        file.chmod(0o400)
    try:
        yield
    finally:
        for file in files:
            file.chmod(0o600)


def test_files_that_may_only_be_read_are_told_and_leave_nothing_behind(tmp_path: Path) -> None:
    check_trouble(tmp_path, files_write_protected, without_privileges)


@contextmanager
def disk_filled(scene: Scene) -> Iterator[None]:
    lock_file = scene.database.lock_file
    assert lock_file is not None
    filler = lock_file.with_name("filler")
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    try:
        yield
    finally:
        filler.unlink()


def check_full_disk(folder: Path) -> None:
    """Mount a small disk, which only this process and its children see, and fill it."""
    disk = folder / "disk"
    disk.mkdir()
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"size={DISK_BYTES}".encode()
    done = libc.mount(b"points", str(disk).encode(), b"tmpfs", 0, options)
    assert done == 0, os.strerror(ctypes.get_errno())
    check_trouble(disk, disk_filled)


def test_a_full_disk_is_told_and_leaves_nothing_behind(tmp_path: Path) -> None:
    if subprocess.run([*IN_A_SPACE_OF_ITS_OWN, "true"], check=False).returncode:
        pytest.skip("this system lets nobody mount a small disk")
    program = "import sys; from pathlib import Path; from tests.drills.test_disk_trouble import *; "
    program += "check_full_disk(Path(sys.argv[1]))"

    done = subprocess.run(
        [*IN_A_SPACE_OF_ITS_OWN, sys.executable, "-c", program, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
