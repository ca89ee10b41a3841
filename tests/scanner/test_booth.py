"""A booth's day on a phone: pairing, adding, redeeming, undoing, and a bad network."""

from datetime import timedelta

from playwright.sync_api import expect

from points.domain.access import Role
from points.domain.cards import CardNumber
from tests.live import Live
from tests.market import LI, WANG
from tests.scanner.booth import PIN, Booth, invite
from tests.scanner.camera import NOTHING, Camera, Scene
from tests.scanner.conftest import Pair
from tests.scanner.phone import Phone
from tests.web.served import CODES, NUMBERS, STRAY, earn

START = 1000
"""What Wang's household has before anybody came."""


def balance(booth: Booth, card: str = CODES[WANG]) -> int:
    with booth.live.client() as client:
        return client.balance(card).available


def test_a_phone_is_paired_by_a_link_and_works_at_its_booth(pair: Pair) -> None:
    booth = pair()

    expect(booth.top).to_contain_text("展位1")
    assert "#" not in booth.phone.page.url


def test_a_claim_whose_answer_was_lost_is_made_again_and_found_done(
    phone: Phone, live: Live, camera: Camera
) -> None:
    camera.rest()
    phone.context.clock.install(time=live.clock())
    phone.open(invite(live, booth=1, role=Role.EARN))
    booth = Booth(phone, live)
    booth.lose_answers("/devices/claim")
    phone.page.get_by_label("您的名字").fill("陈")
    booth.press_digits(PIN)
    booth.press("开始")
    expect(booth.top).to_contain_text("没有网络")

    booth.heal()
    booth.press("再试一次")

    expect(booth.top).to_contain_text("展位1")


def test_a_phone_that_knows_nothing_of_its_booth_yet_says_what_to_do_and_tries_again(
    phone: Phone, live: Live
) -> None:
    phone.context.clock.install(time=live.clock())
    booth = Booth(phone, live)
    booth.lose_requests("/devices/heartbeat")
    booth.lose_requests("/devices/bundle")
    phone.open(invite(live, booth=1, role=Role.EARN))
    phone.page.get_by_label("您的名字").fill("陈")
    booth.press_digits(PIN)
    booth.press("开始")
    expect(booth.top).to_contain_text("没有网络")
    expect(booth.top).to_contain_text("连上就会自己打开")
    phone.page.reload()
    expect(booth.top).to_contain_text("连上就会自己打开")

    # Nothing goes on by itself from here on, so that the key alone can have done it.
    phone.page.clock.pause_at(live.clock() + timedelta(hours=1))
    booth.heal()
    booth.press("再试一次")

    expect(phone.page.locator(".under")).to_be_visible()


def test_an_invite_that_nobody_made_lets_nobody_in(
    phone: Phone, live: Live, camera: Camera
) -> None:
    camera.rest()
    phone.open("/scan/#i=pi_" + "A" * 43)
    booth = Booth(phone, live)
    phone.page.get_by_label("您的名字").fill("陈")
    booth.press_digits(PIN)
    booth.press("开始")

    expect(booth.top.get_by_role("alert")).to_contain_text("这个邀请码认不出")


def test_a_card_before_the_camera_gets_its_points(phone: Phone, live: Live, camera: Camera) -> None:
    camera.show(NOTHING, NOTHING, Scene([CODES[WANG]], seconds=1))

    booth = Booth.paired(phone, live, booth=4, role=Role.REDEEM)
    booth.expect_verdict("ok", "加好了", "+10", "现在一共 1010 分")

    assert balance(booth) == START + 10


def test_the_next_card_needs_no_tap(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)

    booth.scan(CODES[WANG])
    booth.expect_verdict("ok", "+10")
    booth.scan(CODES[LI])
    booth.expect_verdict("ok", "现在一共")
    booth.phone.page.clock.fast_forward("00:06")  # the same card is taken once in five seconds
    booth.scan(CODES[WANG])

    booth.expect_verdict("no", "这次没有加分", "分都在，没有少")
    assert balance(booth) == START + 10


def test_a_code_that_is_none_of_ours_is_told_as_that(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)

    booth.scan("https://pay.example/0123456789")

    booth.expect_verdict("no", "这不是积分卡")


def test_a_card_that_was_never_printed_is_a_matter_for_the_lead(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)

    booth.scan(STRAY)

    booth.expect_verdict("ask", "请负责人来看一下", "不是您做错了")


def test_a_number_is_typed_where_a_card_cannot_be_scanned(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)

    booth.press("扫不出")
    booth.press_digits(str(NUMBERS[WANG]))
    booth.press("确认")

    booth.expect_verdict("ok", "+10")


def test_a_number_that_was_mistyped_is_told_before_it_is_sent(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    number = CardNumber(NUMBERS[WANG][:-1] + str((int(NUMBERS[WANG][-1]) + 1) % 10))

    booth.press("扫不出")
    booth.press_digits(number)

    expect(booth.top.get_by_role("alert")).to_contain_text("这个号对不上")
    expect(booth.top.get_by_role("button", name="确认")).to_be_disabled()


def test_goods_are_handed_over_for_points_and_taken_back(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.press("兑换")

    booth.scan(CODES[WANG])
    expect(booth.top).to_contain_text("1000")
    booth.top.get_by_label("多一件 垃圾袋").click()
    booth.press("确认兑换，用 30 分")
    booth.expect_verdict("ok", "换好了", "−30", "垃圾袋", "现在还有 970 分")
    assert balance(booth) == START - 30
    booth.press("撤销")

    booth.expect_verdict("ok", "收回了", "+30")
    assert balance(booth) == START


def test_a_wrong_scan_is_taken_back(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.type_code(CODES[WANG])
    booth.expect_verdict("ok", "+10")
    booth.next()

    booth.press("撤销")

    booth.expect_verdict("ok", "收回了", "−10")
    assert balance(booth) == START


def test_an_answer_that_was_lost_after_the_commit_books_once(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.lose_answers("/operations")

    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "已记下", "+10", "等有网络，就到居民账上")
    assert len(booth.unsent()) == 1
    booth.heal()
    booth.next()
    booth.wait_until_sent()

    assert booth.unsent() == []
    assert balance(booth) == START + 10


def test_goods_whose_answer_was_lost_are_asked_for_again_and_booked_once(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.press("兑换")
    booth.scan(CODES[WANG])
    booth.top.get_by_label("多一件 垃圾袋").click()
    booth.lose_answers("/operations")

    booth.press("确认兑换")
    expect(booth.top).to_contain_text("请先不要给东西")
    booth.heal()
    booth.press("再试一次")

    booth.expect_verdict("ok", "换好了", "现在还有 970 分")
    assert balance(booth) == START - 30


def test_whoever_gives_up_waiting_for_goods_pays_nothing(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.press("兑换")
    booth.scan(CODES[WANG])
    booth.top.get_by_label("多一件 垃圾袋").click()
    booth.lose_answers("/operations")
    booth.press("确认兑换")
    expect(booth.top).to_contain_text("请先不要给东西")

    booth.press("不办了")
    expect(booth.top).to_contain_text("这次没有换")
    booth.heal()
    booth.wait_until_sent()

    assert balance(booth) == START


def test_what_was_scanned_without_a_network_survives_the_page_and_is_booked_once(
    pair: Pair, live: Live
) -> None:
    booth = pair(4, Role.REDEEM)
    cards = [live.blank_card() for _ in range(12)]
    booth.phone.wait_until_kept()
    booth.phone.context.set_offline(True)
    for card in cards[:6]:
        booth.scan(card)
        booth.expect_verdict("kept", "+10")
        booth.next()
    booth.phone.page.reload()
    expect(booth.top).to_contain_text("展位4")
    for card in cards[6:]:
        booth.scan(card)
        booth.expect_verdict("kept", "+10")
        booth.next()
    expect(booth.top).to_contain_text("没有网络，已记下 12 条，会自动补传")

    booth.phone.page.close()
    booth.phone.page = booth.phone.context.new_page()
    booth.heal()
    booth.phone.open()
    expect(booth.top).to_contain_text("展位4")
    booth.wait_until_sent()

    assert booth.unsent() == []
    assert [balance(booth, card) for card in cards] == [10] * 12


def test_what_still_waits_can_be_taken_back(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.phone.context.set_offline(True)
    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "+10")

    booth.press("撤销")
    booth.expect_verdict("kept", "会收回")
    booth.next()
    booth.heal()
    booth.wait_until_sent()

    assert balance(booth) == START


def test_a_no_to_what_was_promised_is_shown_to_a_person_and_not_dropped(
    pair: Pair, live: Live
) -> None:
    booth = pair(4, Role.REDEEM)
    booth.phone.context.set_offline(True)
    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "+10")
    booth.next()
    live.served.operate("redeeming", earn())
    booth.heal()

    booth.wait_until_sent()
    expect(booth.top).to_contain_text("有 1 条要请负责人看")
    booth.press("设置")
    expect(booth.top).to_contain_text("这张卡在这里加过了")
    booth.press("看过了")

    expect(booth.top).to_contain_text("没有要请人看的。")
    assert balance(booth) == START + 10


def test_the_code_of_a_card_leaves_the_phone_with_the_answer(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.scan(CODES[WANG])
    booth.expect_verdict("ok", "+10")

    kept = booth.phone.tell(
        """new Promise((resolve) => {
          const asked = indexedDB.open("points-scanner");
          asked.onsuccess = () => {
            const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
            all.onsuccess = () => { asked.result.close(); resolve(JSON.stringify(all.result)); };
          };
        })"""
    )

    assert '"kind":"earn"' in kept
    assert CODES[WANG] not in kept


def test_a_phone_is_handed_over_by_name_and_pin_and_locks_whoever_guesses(pair: Pair) -> None:
    booth = pair(4, Role.REDEEM)
    booth.press("设置")
    booth.press("交给另一位")
    for _ in range(3):
        booth.press_digits("0000")
        booth.press("确认")
    expect(booth.top.get_by_role("alert")).to_contain_text("请等 10 秒再试")
    booth.phone.page.keyboard.type(PIN)
    booth.phone.page.clock.fast_forward("00:11")

    booth.press_digits(PIN)
    booth.press("确认")

    expect(booth.top).to_contain_text("展位4")
    booth.scan(CODES[WANG])  # under the token that was changed meanwhile
    booth.expect_verdict("ok", "+10")


def test_a_new_invite_waits_until_all_is_sent_under_the_old_name(pair: Pair, live: Live) -> None:
    booth = pair(4, Role.REDEEM)
    booth.phone.wait_until_kept()
    booth.phone.context.set_offline(True)
    booth.scan(CODES[WANG])
    booth.expect_verdict("kept", "+10")

    booth.phone.open(invite(live, booth=7, role=Role.EARN))
    booth.phone.page.reload()
    expect(booth.top).to_contain_text("展位4")
    booth.heal()
    booth.wait_until_sent()

    assert balance(booth) == START + 10
