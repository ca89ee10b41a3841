"""A phone that was switched off: it says so, holds what it has, and books nothing more."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from points.domain.access import Role
from points.domain.cases import CaseKind
from points.domain.ids import CredentialId
from points.domain.queue_files import QueueFile, read_queue
from points.service.credentials import revoke
from tests.axe import serious_faults
from tests.live import Live
from tests.market import LI, WANG
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.scanner.test_closing import cases
from tests.scanner.test_queue_file import save
from tests.web.served import CODES

LATER = timedelta(minutes=2)


def balances(live: Live) -> list[int]:
    with live.client("supervisor") as client:
        return [client.balance(CODES[owner]).available for owner in (WANG, LI)]


def add(booth: Booth, code: str) -> None:
    booth.scan(code)
    booth.expect_verdict("kept", "+10")
    booth.next()


def test_a_phone_that_was_switched_off_says_so_keeps_all_and_books_nothing_more(
    pair: Pair, live: Live, tmp_path: Path
) -> None:
    booth = pair(4, Role.REDEEM)
    before = balances(live)
    booth.lose_requests("/operations")
    add(booth, CODES[WANG])
    live.clock.now += LATER
    device = CredentialId(booth.note("token")["device"])
    revoke(live.served.book.database, device, now=live.clock())

    booth.phone.page.clock.fast_forward("02:05")
    expect(booth.top).to_contain_text("这台手机已停用，请交给负责人。记下的都还在。")
    assert serious_faults(booth.phone.page) == []
    live.clock.now += LATER
    add(booth, CODES[LI])
    queue = read_queue(save(booth, tmp_path).read_text("utf-8"))
    assert isinstance(queue, QueueFile)
    assert [done["card"] for done in queue.operations] == [CODES[WANG], CODES[LI]]

    booth.heal()
    expect(booth.strip).to_contain_text(" 1 条")

    # What was done before waits for a person at the service; what came after, on the phone.
    assert balances(live) == before
    assert cases(live) == [CaseKind.REVIEW]
    [unsent] = booth.unsent()
    assert unsent["operation"]["card"] == CODES[LI]
    assert unsent["answer"]["code"] == "credential_revoked"
    expect(booth.top).to_contain_text("这台手机已停用")
