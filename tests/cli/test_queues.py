"""`points queues upload`: what a phone saved is booked once, and nothing of it is dropped."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from points.cli.queues import FILE
from points.domain.facts import Accepted, Asked, Replayed
from points.domain.operations import OperationKey
from points.domain.queue_files import FileReason
from points.service.posting import post
from points.service.transactions import snapshot
from points.storage.journals import load_held
from points.web.api.items import operation_of, read_item
from points.web.shapes import WrongField
from tests.cli.lending import PHONE, let_in
from tests.cli.terminal import Desk
from tests.queue_files import queue_text

Operation = Mapping[str, object]


@pytest.fixture
def paired(desk: Desk, tmp_path: Path) -> Desk:
    """The phone of booth 4, where one checks in: device:1."""
    let_in(desk, tmp_path)
    return desk


def name(number: int) -> str:
    return str(UUID(int=number, version=4))


def check_in(desk: Desk, number: int, **what: object) -> Operation:
    """Scan a new card, five minutes ago, without a network."""
    [card] = desk.cards(1)
    moment = datetime.now(UTC) - timedelta(minutes=5)
    return {
        "id": name(number),
        "kind": "earn",
        "card": card.code,
        "activity": "check-in",
        "occurred_at": moment.isoformat(timespec="milliseconds"),
        "offline": True,
        **what,
    }


def saved(
    folder: Path,
    operations: Sequence[Operation],
    *,
    device: str = "device:1",
    settled: Sequence[Operation] = (),
) -> Path:
    file = folder / "points-queue-device-1.json"
    began_at = datetime.now(UTC) - timedelta(hours=1)
    text = queue_text(operations, device=device, settled=settled, began_at=began_at)
    file.write_text(text, "utf-8")
    return file


def marks(said: str) -> list[str]:
    """Give what each line says of its operation, and leave out when it was."""
    return [line.split()[1] for line in said.splitlines() if line[0].isdigit()]


def test_what_a_phone_saved_is_booked_once_however_often_it_is_uploaded(
    paired: Desk, tmp_path: Path
) -> None:
    file = saved(tmp_path, [check_in(paired, number) for number in (1, 2)])

    first, again = (paired.says("queues", "upload", file) for _ in range(2))

    assert marks(first) == ["✔", "✔"]
    assert first.count("+100 points") == 2
    assert "device:1: 2 operations; 2 of 2 lines of its journal are here." in first
    assert marks(again) == ["=", "="]
    assert "whole" in paired.says("verify")


def test_what_the_phone_sends_itself_later_is_answered_as_done(
    paired: Desk, tmp_path: Path
) -> None:
    scan = check_in(paired, 1)
    paired.says("queues", "upload", saved(tmp_path, [scan]))

    item = read_item(scan)
    assert not isinstance(item, WrongField)
    sent = Asked(credential=PHONE, key=OperationKey(item.id), operation=operation_of(item, PHONE))
    [outcome] = post(paired.book, [sent])

    assert isinstance(outcome, Replayed)
    assert isinstance(outcome.first, Accepted)


def test_one_that_cannot_be_booked_holds_up_no_other_and_is_told(
    paired: Desk, tmp_path: Path
) -> None:
    operations = [
        check_in(paired, 1),
        check_in(paired, 2, card="no card"),
        check_in(paired, 3, activity="nothing"),
        check_in(paired, 4, surprise=1),
        {"id": "no uuid", "kind": "earn", "offline": True},
        check_in(paired, 6),
    ]

    code, said = paired.refuses("queues", "upload", saved(tmp_path, operations))
    told = paired.run("queues", "upload", saved(tmp_path, operations)).stdout

    assert code == 1
    assert said.startswith("✘ 3 are still open: keep the file")
    assert marks(told) == ["=", "✘", "✘", "✘", "✘", "="]
    for reason in ("card_unreadable", "activity_unknown", "surprise: unknown_field"):
        assert reason in told


def test_what_a_phone_did_before_it_was_shut_out_goes_to_review_and_the_rest_is_refused(
    paired: Desk, tmp_path: Path
) -> None:
    before = check_in(paired, 1)
    paired.says("devices", "revoke", "device:1")
    after = check_in(paired, 2, occurred_at=(datetime.now(UTC) + timedelta(seconds=1)).isoformat())

    said = paired.says("queues", "upload", saved(tmp_path, [before, after]))

    assert marks(said) == ["…", "✘"]
    assert "Case 1" in said
    assert "credential_revoked" in said
    assert "1  review" in paired.says("cases", "list")


def test_the_journal_is_kept_as_if_the_phone_had_sent_it(paired: Desk, tmp_path: Path) -> None:
    scans = [check_in(paired, number) for number in range(1, 4)]

    paired.says("queues", "upload", saved(tmp_path, scans[2:], settled=scans[:2]))

    with snapshot(paired.database) as connection:
        held = load_held(connection, PHONE.id, near={1, 2, 3})
    assert [kept.entry.subject for kept in held.near] == [name(1), name(2), name(3)]


def test_goods_and_slips_that_waited_are_read_without_saying_so(
    paired: Desk, tmp_path: Path
) -> None:
    moment = datetime.now(UTC).isoformat()
    lease = {"id": name(1), "kind": "stock_leased", "reward": "soap", "quantity": 2}

    said = paired.says("queues", "upload", saved(tmp_path, [{**lease, "occurred_at": moment}]))

    assert marks(said) == ["✔"]


def test_of_a_damaged_file_nothing_is_booked_and_the_line_is_named(
    paired: Desk, tmp_path: Path
) -> None:
    file = saved(tmp_path, [check_in(paired, number) for number in (1, 2)])
    text = file.read_text("utf-8")
    line = 1 + text[: text.index(name(1))].count("\n")
    file.write_text(text.replace('"activity": "check-in"', '"activity": "quiz"'), "utf-8")
    changed = paired.refuses("queues", "upload", file)
    file.write_text(text[: len(text) // 2], "utf-8")

    cut, said = paired.refuses("queues", "upload", file)

    assert changed[0] == cut == 2
    assert changed[1].startswith(f"✘ {file} line {line} operations 1: this operation was changed")
    assert "Nothing was booked." in said
    assert marks(paired.says("queues", "upload", saved(tmp_path, []))) == []


@pytest.mark.parametrize("device", ["device:99", "operator:cli", "partner:1"])
def test_a_file_of_nobody_that_is_known_is_refused(
    sqlite_desk: Desk, tmp_path: Path, device: str
) -> None:
    code, said = sqlite_desk.refuses("queues", "upload", saved(tmp_path, [], device=device))

    assert (code, "credential_unknown" in said) == (1, True)


def test_a_file_that_is_not_there_is_said_so(sqlite_desk: Desk, tmp_path: Path) -> None:
    assert sqlite_desk.refuses("queues", "upload", tmp_path / "none.json")[0] != 0


def test_it_speaks_chinese(sqlite_desk: Desk, tmp_path: Path) -> None:
    let_in(sqlite_desk, tmp_path)
    file = saved(tmp_path, [check_in(sqlite_desk, 1)])

    said = sqlite_desk.says("queues", "upload", file, language="zh")

    assert "+100 分" in said
    assert "文件里有卡上的码：办完请删掉" in said


def test_everything_that_may_be_wrong_with_a_file_has_its_words() -> None:
    assert set(FILE) == set(FileReason)
    assert all(zh and en and zh != en for zh, en in FILE.values())
