"""A queue that is saved as a file: uploaded by the organiser, then sent by the phone after all."""

from pathlib import Path

import pytest

from points.cli import door, queues
from points.domain.access import Role
from points.domain.queue_files import QueueFile, read_queue
from tests.cli.terminal import run
from tests.live import Live
from tests.market import LI, WANG
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.web.served import CODES


@pytest.fixture(autouse=True)
def _same_clock(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the organiser's machine show the market day as well."""
    for module in (door, queues):
        monkeypatch.setattr(module, "now", live.clock)


def save(booth: Booth, folder: Path) -> Path:
    """Save what waits, as a volunteer does whose phone finds no network."""
    booth.press("设置")
    with booth.phone.page.expect_download() as saved:
        booth.press("存成文件交给负责人")
    file = folder / saved.value.suggested_filename
    saved.value.save_as(file)
    booth.press("关上")
    return file


def test_what_is_uploaded_as_a_file_and_sent_later_is_booked_once(
    pair: Pair, live: Live, tmp_path: Path
) -> None:
    booth = pair(4, Role.REDEEM)
    booth.lose_network()
    for owner in (WANG, LI):
        booth.scan(CODES[owner])
        booth.expect_verdict("kept", "+10")
        booth.next()
    file = save(booth, tmp_path)
    with live.client("supervisor") as client:
        before = [client.balance(CODES[owner]).available for owner in (WANG, LI)]

    database = f"sqlite:///{tmp_path / 'points.db'}"
    uploaded = run("queues", "upload", file, POINTS_DATABASE_URL=database)
    with live.client("supervisor") as client:
        after = [client.balance(CODES[owner]).available for owner in (WANG, LI)]
    booth.heal()
    booth.wait_until_sent()

    queue = read_queue(file.read_text("utf-8"))
    assert isinstance(queue, QueueFile)
    assert file.name == f"points-queue-{queue.device.replace(':', '-')}.json"
    assert uploaded.exit_code == 0, uploaded.output
    assert uploaded.stdout.count("✔") == 2
    assert after == [points + 10 for points in before]
    assert booth.unsent() == []
    with live.client("supervisor") as client:
        assert [client.balance(CODES[owner]).available for owner in (WANG, LI)] == after
