"""Booth commands against a running service: what a volunteer types and reads."""

import re
from datetime import UTC, datetime

import pytest

from points.cli.booth import tell_balance
from points.client import Balance, Ending
from tests.cli.terminal import Stall

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
CHECK_IN = ("scan", "--activity", "check-in", "--as", "booth-4")
SOAP = ("redeem", "--reward", "soap", "--as", "booth-4")


def id_in(said: str) -> str:
    [found] = re.findall(UUID, said)
    return str(found)


def without_id(said: str) -> str:
    return re.sub(UUID, "ID", said)


def test_a_card_is_scanned_from_the_input_and_told_what_it_earned(stall: Stall) -> None:
    said = stall.says(*CHECK_IN, typed=stall.card())

    assert without_id(said) == "✔ +100 points. Added. 100 points in all    id ID\n"


def test_a_volunteer_who_reads_chinese_is_told_in_chinese(stall: Stall) -> None:
    said = stall.says(*CHECK_IN, typed=stall.card(), language="zh")

    assert without_id(said) == "✔ +100 分，加好了，现在一共 100 分    编号 ID\n"


def test_cards_are_scanned_one_after_another_and_a_refused_one_stops_nobody(stall: Stall) -> None:
    first, second = stall.card(), stall.card()

    scanned = stall.run(*CHECK_IN, typed=f"{first}\n\n  {first}\r\nnoise\n{second}\n")

    assert scanned.exit_code == 1
    assert re.findall(r"^✔ \+100|^✘|\(\w+\)$", scanned.stdout, re.MULTILINE) == [
        "✔ +100",
        *("✘", "(limit_reached)"),
        *("✘", "(card_unreadable)"),
        "✔ +100",
    ]


def test_noise_that_is_no_text_is_a_card_that_cannot_be_read(stall: Stall) -> None:
    scanned = stall.run(*CHECK_IN, typed="\ufffd\x00\x1b[2J\n")

    assert scanned.exit_code == 1
    assert "card_unreadable" in scanned.stdout


def test_a_card_may_be_given_with_the_command(stall: Stall) -> None:
    assert "+100" in stall.says(*CHECK_IN, stall.card())


@pytest.mark.parametrize(
    ("what", "points"),
    [
        (("--activity", "quiz", "--quantity", "7"), 7),
        (("--activity", "hand-in", "--grams", "paper=1500", "--grams", "metal=250"), 5),
        (("--activity", "shift", "--phase", "check_in"), 0),
    ],
)
def test_what_was_counted_or_weighed_goes_along(
    stall: Stall, what: tuple[str, ...], points: int
) -> None:
    said = stall.says("scan", *what, "--as", "booth-12", typed=stall.card())

    assert said.startswith(f"✔ +{points} points." if points else "✔ Recorded")


@pytest.mark.parametrize("weight", ["paper", "paper=", "=5", "paper=1.5", "paper=-1", "paper=１"])
def test_a_weight_that_cannot_be_read_is_said_before_anything_is_sent(
    stall: Stall, weight: str
) -> None:
    scanned = stall.run("scan", "--activity", "hand-in", "--grams", weight, "--as", "booth-12")

    assert scanned.exit_code == 2
    assert scanned.stderr == f"{weight}: write it like paper=1200, once for each material.\n"


def test_a_material_is_weighed_once(stall: Stall) -> None:
    twice = ("--grams", "paper=1", "--grams", "paper=2")

    scanned = stall.run("scan", "--activity", "hand-in", *twice, "--as", "booth-12")

    assert (scanned.exit_code, scanned.stderr[:8]) == (2, "paper=2:")


def test_an_activity_that_is_not_here_is_answered_by_those_that_are(stall: Stall) -> None:
    scanned = stall.run(
        "scan", "--activity", "dance", "--as", "booth-12", typed=stall.card(), language="zh"
    )

    assert scanned.exit_code == 1
    assert scanned.stderr == "这里可以记：hand-in、quiz、shift\n"
    assert "activity_unknown" in scanned.stdout


def test_goods_are_handed_over_after_the_price_was_shown_and_agreed_to(stall: Stall) -> None:
    card = stall.card(points=100)

    handed = stall.run(*SOAP, card, "--quantity", "2", typed="y\n")

    assert handed.exit_code == 0
    assert handed.stderr == "Hand over? [Y/n] "
    assert without_id(handed.stdout).splitlines() == [
        "Soap × 2: 60 points",
        "✔ -60 points. Done. 40 points are left    id ID",
    ]


def test_goods_go_by_the_name_of_the_volunteers_language(stall: Stall) -> None:
    said = stall.says(*SOAP, "--yes", typed=stall.card(points=100), language="zh")

    assert without_id(said) == "肥皂 × 1：30 分\n✔ -30 分，换好了，现在还有 70 分    编号 ID\n"


@pytest.mark.parametrize("typed", ["n\n", "否\n", "", "what?\nno\n"])
def test_without_a_yes_nothing_is_handed_over(stall: Stall, typed: str) -> None:
    card = stall.card(points=100)

    handed = stall.run(*SOAP, card, typed=typed)

    assert (handed.exit_code, handed.stdout) == (1, "Soap × 1: 30 points\nNot handed over.\n")
    assert stall.says("balance", card, "--as", "booth-4") == "100 points to spend\n"


def test_a_card_that_is_scanned_into_the_question_is_no_answer(stall: Stall) -> None:
    card = stall.card(points=100)

    handed = stall.run(*SOAP, card, typed=f"{stall.card()}\nyes\n")

    assert handed.stderr == "Hand over? [Y/n] Hand over? [Y/n] "
    assert "70 points are left" in handed.stdout


def test_cards_from_a_pipe_need_a_yes_beforehand(stall: Stall) -> None:
    handed = stall.run(*SOAP, typed=stall.card(points=100))

    assert handed.exit_code == 2
    assert "say --yes" in handed.stderr


def test_goods_that_are_not_here_are_answered_by_those_that_are(stall: Stall) -> None:
    english = stall.run("redeem", "--reward", "towel", "--as", "booth-4", "--yes")
    chinese = stall.run("redeem", "--reward", "towel", "--as", "booth-4", "--yes", language="zh")

    assert (english.exit_code, chinese.exit_code) == (2, 2)
    assert english.stderr == "This booth hands out no towel. There are: soap (Soap)\n"
    assert chinese.stderr == "这个摊位没有 towel。现有：soap（肥皂）\n"


def test_a_price_that_the_resident_was_told_is_held_to(stall: Stall) -> None:
    handed = stall.run(*SOAP, "--price", "29", "--yes", typed=stall.card(points=100))

    assert handed.exit_code == 1
    assert "price_changed" in handed.stdout


def test_what_was_handed_over_is_taken_back_by_its_id(stall: Stall) -> None:
    card = stall.card(points=100)
    redeemed = id_in(stall.says(*SOAP, "--yes", typed=card))

    undone = stall.says("undo", redeemed, "--as", "booth-4")
    again = stall.run("undo", "--as", "booth-4", typed=redeemed)

    assert without_id(undone) == "✔ +30 points. Undone. 100 points in all    id ID\n"
    assert (again.exit_code, again.stdout) == (
        1,
        "✘ This one was undone already (already_undone)\n",
    )


def test_without_an_id_nothing_is_taken_back(stall: Stall) -> None:
    asked = stall.run("undo", "--as", "booth-4", typed="")

    assert (asked.exit_code, asked.stderr) == (1, "Nothing was read, so nothing was done.\n")


def test_a_partner_redeems_and_takes_back_by_the_redemptions_number(stall: Stall) -> None:
    card = stall.card(points=100)

    redeemed = stall.says("redeem", "--reward", "soap", "--yes", "--as", "partner", typed=card)
    number = redeemed.split()[-1]
    undone = stall.says("undo", number, "--as", "partner")

    assert redeemed.startswith("Soap × 1: 30 points\n✔ -30 points. Done. 70 points are left")
    assert undone == f"✔ +30 points. Undone. 100 points in all    id {number}\n"


def test_what_a_partner_may_not_have_is_said_with_its_code(stall: Stall) -> None:
    refused = stall.run(
        "redeem", "--reward", "soap", "--yes", "--as", "partner", typed=stall.card()
    )

    assert (refused.exit_code, refused.stderr) == (1, "✘ 30 points short (points_short)\n")


def test_a_balance_is_told_for_each_card(stall: Stall) -> None:
    poor, rich = stall.card(), stall.card(points=100)

    said = stall.says("balance", "--as", "booth-4", typed=f"{poor}\n{rich}\n", language="zh")

    assert said == "现在有 0 分\n现在有 100 分\n"


def test_points_that_end_are_told_by_their_last_day_and_debts_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ending = Ending(at=datetime.fromisoformat("2027-01-01T00:00:00+08:00"), points=30)
    found = Balance(available=40, owed=5, expiring_soon=(ending,))

    for language in ("en", "zh"):
        monkeypatch.setenv("POINTS_LANGUAGE", language)
        tell_balance(found)

    assert capsys.readouterr().out.splitlines() == [
        "40 points to spend",
        "  30 of them last until 2026-12-31",
        "  5 points owed",
        "现在有 40 分",
        "  其中 30 分用到 2026-12-31 为止",
        "  欠 5 分",
    ]


def test_a_card_that_nobody_knows_has_no_balance(stall: Stall) -> None:
    asked = stall.run("balance", "12345", "--as", "booth-4")

    assert asked.exit_code == 1
    assert asked.stderr == "✘ This card cannot be read. Please scan it again (card_unreadable)\n"


def test_an_act_that_is_repeated_by_its_id_and_instant_counts_once(stall: Stall) -> None:
    card, moment = stall.card(), datetime.now(UTC).isoformat()
    named = ("--id", "0b6c8f1e-5a4e-4f53-9a3e-1f2d3c4b5a69", "--at", moment)

    first, again = (stall.says(*CHECK_IN, *named, typed=card) for _ in range(2))

    assert "Added. 100 points in all" in first
    assert "It counts once" in again
    assert stall.says("balance", card, "--as", "booth-4") == "100 points to spend\n"


def test_only_one_card_is_read_where_one_act_is_repeated(stall: Stall) -> None:
    named = ("--id", "0b6c8f1e-5a4e-4f53-9a3e-1f2d3c4b5a70", "--at", datetime.now(UTC).isoformat())

    said = stall.says(*CHECK_IN, *named, typed=f"{stall.card()}\n{stall.card()}\n")

    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("half", [("--id", "x"), ("--at", "2026-01-01T00:00:00Z")])
def test_an_id_and_an_instant_belong_together(stall: Stall, half: tuple[str, str]) -> None:
    scanned = stall.run(*CHECK_IN, *half, typed=stall.card())

    assert scanned.exit_code == 2
    assert "Say --id and --at together" in scanned.stderr
