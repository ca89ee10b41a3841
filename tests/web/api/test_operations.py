from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from points.domain.slip_codes import in_groups
from points.service.slips import print_slips
from tests.desk import Dice
from tests.market import LI, NOW, WANG, at
from tests.web.served import (
    CODES,
    NUMBERS,
    SLIP,
    STRAY,
    Served,
    earn,
    name,
    redeem,
    slip_item,
    undo,
)


def test_a_scan_is_answered_with_points_balance_and_words(served: Served) -> None:
    asked = earn()

    assert served.operate("redeeming", asked) == [
        {
            "id": asked["id"],
            "status": "accepted",
            "code": None,
            "points": 10,
            "balance": 1010,
            "details": {},
            "final": True,
            "message": "Added. 1010 points in all",
            "evidence": "live",
            "case": None,
        }
    ]


def test_operations_are_answered_in_the_order_sent(served: Served) -> None:
    asked = [earn(), redeem(quantity=2, card=CODES[LI]), earn(card=CODES[LI]), earn(card=STRAY)]

    answers = served.operate("redeeming", *asked)

    assert [answer["id"] for answer in answers] == [one["id"] for one in asked]
    assert [(answer["status"], answer["points"], answer["code"]) for answer in answers] == [
        ("accepted", 10, None),
        ("accepted", -60, None),
        ("accepted", 10, None),
        ("refused", 0, "card_unknown"),
    ]


def test_the_same_again_is_answered_the_same_and_pays_nothing_more(served: Served) -> None:
    asked = earn()

    first, twin = served.operate("redeeming", asked, asked)
    [later] = served.operate("redeeming", asked)

    assert (
        twin
        == later
        == first
        | {
            "status": "replayed",
            "message": "This was recorded before. It counts once",
            "evidence": None,
        }
    )
    assert served.balance() == 1010


def test_how_a_scan_travelled_does_not_make_it_another(served: Served) -> None:
    asked = earn()
    served.operate("redeeming", asked)

    [again] = served.operate("redeeming", asked | {"offline": True})

    assert (again["status"], again["code"]) == ("replayed", None)


def test_a_final_refusal_is_repeated_even_when_it_would_now_be_accepted(served: Served) -> None:
    asked = redeem(reward="towel", price_shown=800, quantity=2)
    [refused] = served.operate("redeeming", asked)
    served.clock.now = at("11:00")

    [again] = served.operate("redeeming", asked)

    assert refused["code"] == "points_short"
    assert again == refused | {"status": "replayed"}


def test_the_same_name_for_something_else_is_a_conflict(served: Served) -> None:
    asked = earn()
    served.operate("redeeming", asked)

    [conflict] = served.operate("redeeming", asked | {"card": CODES[LI]})

    assert (conflict["status"], conflict["code"], conflict["final"]) == (
        "conflict",
        "idempotency_key_reused",
        True,
    )
    assert served.balance(LI) == 1000


def test_a_short_name_is_one_of_the_phones_own_event(served: Served) -> None:
    short, full = earn(), earn(card=CODES[LI], activity="market/check-in")

    answers = served.operate("redeeming", short, full)

    assert [answer["points"] for answer in answers] == [10, 10]


def test_a_card_may_be_named_by_its_number_where_it_earns_and_the_book_says_so(
    served: Served,
) -> None:
    by_number = earn(card=None, number=f" {NUMBERS[WANG][:3]} {NUMBERS[WANG][3:]}")

    [answer] = served.operate("redeeming", by_number)

    assert (answer["status"], answer["evidence"]) == ("accepted", "manual")


def test_a_number_that_is_misheard_is_unreadable(served: Served) -> None:
    misheard = str(int(NUMBERS[WANG]) + 1)

    [answer] = served.operate("redeeming", earn(card=None, number=misheard))

    assert answer["code"] == "card_unreadable"


def test_right_answers_and_weights_are_taken(served: Served) -> None:
    quiz = earn(activity="quiz", quantity=7)
    hand_in = earn(activity="hand-in", grams={"paper": 2500, "metal": 1200})

    answers = served.operate("games", quiz, hand_in)

    assert [answer["points"] for answer in answers] == [7, 14]


def test_a_shift_and_a_building_are_taken(served: Served) -> None:
    shift = earn(activity="shift", phase="check_in")
    clean_up = earn(activity="clean-up", building="3")

    [began] = served.operate("games", shift)
    [checked_in] = served.operate("corridors", clean_up)

    assert began["details"] == {"phase": "check_in"}
    assert checked_in["details"] == {"building": "3", "period": "2019-12"}
    assert checked_in["message"] == "Recorded"


def test_an_undo_gives_the_points_back(served: Served) -> None:
    asked = redeem()
    served.operate("redeeming", asked)

    [undone] = served.operate("redeeming", undo(asked["id"]))

    assert (undone["status"], undone["points"], undone["balance"]) == ("accepted", 30, 1000)


def test_a_supervisor_may_claw_back_and_a_booths_phone_may_not(served: Served) -> None:
    asked = earn()
    served.operate("redeeming", asked)

    [booth] = served.operate("redeeming", undo(asked["id"], claw_back=True))
    [supervisor] = served.operate("supervisor", undo(asked["id"], claw_back=True))

    assert (booth["code"], supervisor["status"]) == ("not_allowed", "accepted")


def test_a_slip_is_given_out_cashed_once_and_never_again(served: Served) -> None:
    cash = {"kind": "slip_cashed", "slip": SLIP, "occurred_at": NOW.isoformat()}
    names = [earn()["id"] for _ in range(2)]

    [issued] = served.operate("supervisor", slip_item())
    answers = served.operate("redeeming", *({"id": one, "card": CODES[LI]} | cash for one in names))

    assert issued["status"] == "accepted"
    assert [(one["points"], one["code"]) for one in answers] == [(10, None), (0, "slip_used")]
    assert answers[0]["evidence"] == "slip"


def test_a_booth_gives_a_printed_slip_out_for_its_failed_scan_and_the_scan_pays_no_more(
    served: Served,
) -> None:
    [part] = print_slips(served.book.database, 2, now=NOW, random_bytes=Dice())
    scan, another = earn(activity="stamp"), earn(activity="stamp", card=CODES[LI])
    mine = slip_item(slip=in_groups(part[0]), attempt=scan["id"], last_day="2019-12-31")
    leads = slip_item(slip=part[1], attempt=another["id"], attempt_device="device:1")

    issued = served.operate("stamps", mine) + served.operate("supervisor", leads)
    late = served.operate("stamps", scan, another)

    assert [one["status"] for one in issued] == ["accepted", "accepted"]
    assert [(one["status"], one["code"]) for one in late] == [("replayed", "paid_by_slip")] * 2


def test_a_booth_is_told_how_much_a_slip_may_hold(served: Served) -> None:
    [part] = print_slips(served.book.database, 1, now=NOW, random_bytes=Dice())

    [told] = served.operate("stamps", slip_item(slip=part[0], points=51, attempt=name()))

    assert (told["code"], told["details"]) == ("slip_too_large", {"points_max": 50})
    assert told["message"] == "A slip holds at most 50 points"


def test_whose_scan_a_slip_stands_for_is_not_said_without_the_scan(served: Served) -> None:
    [told] = served.operate("supervisor", slip_item(attempt_device="device:1"))

    assert (told["code"], told["details"]["reason"]) == ("invalid", "missing")


def test_stock_is_moved_and_counted_by_supervisors(served: Served) -> None:
    moment = NOW.isoformat()
    move = {"kind": "stock_moved", "reward": "bin-bags", "from_booth": 4, "to_booth": 7}
    count = {"kind": "stock_counted", "reward": "bin-bags", "booth": 4, "counted": 389}

    answers = served.operate(
        "supervisor",
        move | {"id": earn()["id"], "quantity": 10, "occurred_at": moment},
        count | {"id": earn()["id"], "reason": "one torn", "occurred_at": moment},
    )

    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    rewards = served.ask("supervisor", "GET", "/rewards").json()
    assert [reward["left"] for reward in rewards if reward["key"] == "market/bin-bags"] == [389]


def test_a_phone_does_not_do_what_its_role_does_not_cover(served: Served) -> None:
    [slip, goods] = served.operate("stamps", slip_item(), redeem())

    assert (slip["code"], goods["code"]) == ("not_allowed", "not_allowed")


def test_a_refusal_says_how_much_is_missing_in_the_language_asked_for(served: Served) -> None:
    body = [redeem(reward="towel", price_shown=800, quantity=2)]

    def say(language: str) -> dict[str, Any]:
        asked = [body[0] | {"id": earn()["id"]}]
        headers = {"Accept-Language": language}
        answer = served.ask("redeeming", "POST", "/operations", json=asked, headers=headers)
        assert answer.headers["Content-Language"] == {"zh": "zh-CN"}.get(language, language)
        return dict(answer.json()[0])

    assert [(say(it)["message"], say(it)["details"]["short"]) for it in ("zh", "en")] == [
        ("还差 600 分", 600),
        ("600 points short", 600),
    ]


def test_one_misshapen_operation_among_500_spares_the_499_beside_it(served: Served) -> None:
    stamps = [earn(activity="stamp") for _ in range(499)]
    asked = [*stamps[:250], {"kind": "nonsense"}, *stamps[250:]]

    answers = served.operate("stamps", *asked)

    assert answers[250] == {
        "id": None,
        "status": "refused",
        "code": "invalid",
        "points": 0,
        "balance": None,
        "details": {"field": "kind", "reason": "not_one_of_these"},
        "final": True,
        "message": "kind is not as it must be: not_one_of_these",
        "evidence": None,
        "case": None,
    }
    # The first stamp counts; each of the others is answered by the limit.
    others = answers[:250] + answers[251:]
    assert [others[0]["status"], {one["code"] for one in others[1:]}] == [
        "accepted",
        {"limit_reached"},
    ]


def test_what_is_unreadable_or_misshapen_is_not_remembered(served: Served) -> None:
    asked = earn(card="WIFI:S:guest;;")
    before = served.remembered()
    [unreadable] = served.operate("redeeming", asked)
    [misshapen] = served.operate("redeeming", asked | {"quantity": 1.5})

    assert (unreadable["code"], misshapen["code"]) == ("card_unreadable", "invalid")
    assert served.remembered() == before

    [read] = served.operate("redeeming", asked | {"card": CODES[WANG]})

    assert read["status"] == "accepted"


def test_phones_that_send_the_same_at_once_are_all_answered_and_it_counts_once(
    served: Served,
) -> None:
    asked = [earn(), earn(card=CODES[LI])]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: served.operate("redeeming", *asked), range(24)))

    firsts = [answer for batch in answers for answer in batch if answer["status"] == "accepted"]
    assert len(firsts) == 2
    assert {answer["status"] for batch in answers for answer in batch} == {"accepted", "replayed"}
    assert [served.balance(one) for one in (WANG, LI)] == [1010, 1010]


@pytest.mark.parametrize("content", [{}, "x", 5, True], ids=repr)
def test_what_is_no_list_is_turned_away(served_once: Served, content: object) -> None:
    answer = served_once.ask("redeeming", "POST", "/operations", json=content)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"place": "body", "field": "", "reason": "not_a_list"}]


@pytest.mark.parametrize(("size", "reason"), [(0, "too_few"), (501, "too_many")])
def test_a_list_has_one_to_500_operations(served: Served, size: int, reason: str) -> None:
    before = served.remembered()

    answer = served.ask("redeeming", "POST", "/operations", json=[earn()] * size)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"place": "body", "field": "", "reason": reason}]
    assert served.remembered() == before
