"""Spending more than a card alone may: the household's PIN, or a one-time code from its page."""

import json
from dataclasses import replace
from datetime import timedelta

from playwright.sync_api import Request, expect

from points.domain.access import Role
from points.domain.allowances import Terms
from points.service.allowances import MadeAllowance, make_allowance
from points.service.confirming import Giver, MadeCode, make_code, set_pin
from points.service.transactions import transaction
from points.storage.catalog import PROGRAMME as ONE
from points.storage.catalog import Change, add_changes
from tests.axe import serious_faults
from tests.desk import Dice, everything
from tests.live import Live
from tests.market import DAY, NOW, PROGRAMME, WANG
from tests.scanner.booth import Booth
from tests.scanner.conftest import Pair
from tests.web.served import CODES, NUMBERS

PIN = "271836"
START = 1000
BAGS, TOWEL = 30, 800


def limit(live: Live, points: int) -> None:
    """Let a card alone spend no more on a day, and give Wang a PIN."""
    database = live.served.book.database
    stricter = replace(PROGRAMME, unconfirmed_points_per_day_max=points)
    since = NOW - timedelta(hours=1)
    with transaction(database) as connection:
        change = Change(kind=ONE, key=ONE, number=2, valid_from=since, item=stricter)
        add_changes(connection, [change])
    set_pin(database, NUMBERS[WANG], PIN, now=NOW, random_bytes=Dice())


def balance(booth: Booth) -> int:
    with booth.live.client() as client:
        return client.balance(CODES[WANG]).available


def choose(booth: Booth, *goods: str) -> None:
    for name in goods:
        booth.top.get_by_role("button", name=f"多一件 {name}").click()


def ask_for(booth: Booth, code: str, *goods: str) -> None:
    """Hold something up, and choose a piece of each."""
    booth.press("兑换")
    booth.scan(code)
    expect(booth.top).to_contain_text("1000")
    choose(booth, *goods)
    booth.press("确认兑换")


def kept_on(booth: Booth) -> str:
    """Give all that the phone has written down."""
    kept = booth.phone.tell(
        """new Promise((resolve) => {
          const asked = indexedDB.open("points-scanner");
          asked.onsuccess = async () => {
            const found = {};
            const names = [...asked.result.objectStoreNames];
            const reading = asked.result.transaction(names);
            for (const name of names) {
              const all = reading.objectStore(name).getAll();
              await new Promise((done) => { all.onsuccess = done; });
              found[name] = all.result;
            }
            resolve(JSON.stringify(found));
          };
        })"""
    )
    return str(kept)


def test_the_resident_types_the_pin_and_it_is_written_down_nowhere(pair: Pair, live: Live) -> None:
    limit(live, 10)
    booth = pair(4, Role.REDEEM)
    sent: list[Request] = []

    def note(request: Request) -> None:
        sent.append(request)

    booth.phone.page.on("request", note)

    ask_for(booth, CODES[WANG], "垃圾袋", "毛巾")
    expect(booth.top).to_contain_text("请居民输密码")
    assert serious_faults(booth.phone.page) == []
    booth.press_digits("000001")
    booth.press("确认")
    expect(booth.top).to_contain_text("密码不对，请再输一次")
    booth.press_digits(PIN)
    booth.press("确认")

    booth.expect_verdict("ok", "换好了", "−830", "垃圾袋", "毛巾")
    assert balance(booth) == START - BAGS - TOWEL
    assert PIN in "".join(request.post_data or "" for request in sent)
    assert PIN not in kept_on(booth)
    assert PIN not in repr(everything(live.served.book.database))


def test_goods_whose_answer_was_lost_are_asked_for_again_with_the_same_pin(
    pair: Pair, live: Live
) -> None:
    limit(live, 10)
    booth = pair(4, Role.REDEEM)
    ask_for(booth, CODES[WANG], "垃圾袋", "毛巾")
    expect(booth.top).to_contain_text("请居民输密码")
    booth.press_digits(PIN)
    booth.lose_answers("/operations")

    booth.press("确认")
    expect(booth.top).to_contain_text("还没有回音")
    booth.heal()
    booth.press("再试一次")

    booth.expect_verdict("ok", "换好了", "−830", "垃圾袋", "毛巾")
    assert balance(booth) == START - BAGS - TOWEL


def test_a_one_time_code_pays_for_goods_once_and_does_nothing_else(pair: Pair, live: Live) -> None:
    limit(live, 10)
    booth = pair(4, Role.REDEEM)
    made = make_code(
        live.served.book.database, NUMBERS[WANG], now=NOW, random_bytes=Dice(), pin=PIN
    )
    assert isinstance(made, MadeCode)

    booth.scan(made.code)
    booth.expect_verdict("no", "这是一次性兑换码")
    booth.next()
    ask_for(booth, made.code, "垃圾袋")
    booth.expect_verdict("ok", "换好了", "−30")
    assert balance(booth) == START - BAGS
    booth.next()
    booth.phone.context.clock.fast_forward(6_000)
    booth.scan(made.code)

    booth.expect_verdict("look", "这个码用过了")
    assert json.loads(kept_on(booth))["outbox"] is not None


def test_without_a_network_a_one_time_code_is_told_as_no_use(pair: Pair, live: Live) -> None:
    limit(live, 10)
    booth = pair(4, Role.REDEEM)
    made = make_code(
        live.served.book.database, NUMBERS[WANG], now=NOW, random_bytes=Dice(), pin=PIN
    )
    assert isinstance(made, MadeCode)
    booth.press("兑换")
    booth.phone.context.set_offline(True)

    booth.scan(made.code)

    booth.expect_verdict("no", "没有网络时用不了一次性兑换码")


def test_an_allowance_pays_for_goods_up_to_what_the_household_allowed(
    pair: Pair, live: Live
) -> None:
    booth = pair(4, Role.REDEEM)
    made = make_allowance(
        live.served.book,
        Giver(household=WANG),
        Terms(label="邻居", points_max=BAGS, last_day=DAY),
        now=NOW,
        random_bytes=Dice(),
    )
    assert isinstance(made, MadeAllowance)

    booth.scan(made.code)
    booth.expect_verdict("no", "这是代领卡")
    booth.next()
    booth.press("兑换")
    booth.scan(made.code)
    expect(booth.top).to_contain_text("30")
    choose(booth, "垃圾袋")
    booth.press("确认兑换")

    booth.expect_verdict("ok", "换好了", "−30")
    assert balance(booth) == START - BAGS
