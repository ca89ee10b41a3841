"""Goods that went out on the word of a phone, and that the service had refused already."""

from playwright.sync_api import expect

from points.domain.access import Role
from tests.axe import serious_faults
from tests.drills.processes import wait_until
from tests.live import Live
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.web.served import earn, redeem

TIME_MAX = 30
LEFT = 6
"""What the household has when it has paid for one roll."""


def take_along(booth: Booth) -> None:
    """Take a roll of bin bags along, and wait until the phone knows it and the balances."""
    booth.press("设置")
    booth.press("带在手机名下的东西")
    booth.top.get_by_label("多一件 垃圾袋").click()
    booth.press("确认")
    expect(booth.top).to_contain_text("没有网络也能换")

    def is_equipped() -> bool:
        booth.phone.page.clock.fast_forward("01:05")
        return booth.note("bundle")["leases"] != [] and booth.note("sealed") is not None

    wait_until(is_equipped, TIME_MAX, told=lambda: str(booth.note("bundle")["leases"]), look=1)


def test_goods_that_nobody_heard_may_come_along_go_back_to_their_shelf(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.press("设置")
    booth.press("带在手机名下的东西")
    booth.lose_answers("/operations")
    booth.top.get_by_label("多一件 垃圾袋").click()

    booth.press("确认")
    expect(booth.top).to_contain_text("这次没有办成")
    booth.heal()
    booth.wait_until_sent()

    lease, undo = booth.outbox()
    assert (lease["operation"]["kind"], lease["answer"]) == ("stock_leased", None)
    assert (undo["operation"]["undoes"], undo["answer"]["code"]) == (lease["id"], None)
    assert undo["state"] == "settled"
    booth.press("设置")
    expect(booth.top).to_contain_text("没有要请人看的。")
    booth.press("带在手机名下的东西")
    expect(booth.top.get_by_label("垃圾袋", exact=True)).to_have_text("0")


def test_goods_whose_refusal_was_lost_are_named_for_a_person_and_stay_refused(
    pair: Pair, live: Live
) -> None:
    card = live.blank_card()
    live.served.operate("games", earn(card=card, activity="hand-in", grams={"metal": 4500}))
    booth = pair(4, Role.REDEEM)
    take_along(booth)
    booth.press("兑换")
    booth.lose_requests("/balances")  # so it is the phone that offers them
    booth.scan(card)
    booth.top.get_by_label("多一件 垃圾袋").click()
    # Meanwhile the household spends its points elsewhere.
    [spent] = live.served.operate("redeeming", redeem(card=card))
    assert spent["balance"] == LEFT
    booth.lose_answers("/operations")

    booth.press("确认兑换")
    booth.expect_verdict("kept", "请把 垃圾袋")
    booth.next()
    booth.heal()
    booth.wait_until_sent()

    expect(booth.top).to_contain_text("有 1 条要请负责人看")
    last = booth.top.locator(".last")
    expect(last).to_contain_text("还差 24 分")
    expect(last.get_by_role("button")).to_have_count(0)
    booth.press("设置")
    listed = booth.top.locator(".items.alarm li")
    expect(listed).to_contain_text("兑换 垃圾袋\u00a0×\u00a01")
    expect(listed).to_contain_text("还差 24 分")
    expect(listed).to_contain_text("东西已经给了")
    assert serious_faults(booth.phone.page) == []
    [unsent] = booth.unsent()
    assert unsent["answer"]["code"] == "points_short"
    with live.client("supervisor") as client:
        assert client.balance(card).available == LEFT
    booth.press("看过了")
    expect(booth.top).to_contain_text("没有要请人看的。")
