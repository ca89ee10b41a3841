"""Phones in plain words, in both languages."""

from dataclasses import replace

import pytest

from points.cli.phones import phone_line, why_missing
from points.domain.access import Role
from points.domain.closing import Phone, Shortfall, Watched
from points.domain.ids import BoothKey, CredentialId
from tests.market import SHANGHAI, at
from tests.told import make_report

PHONE = Phone(
    device=CredentialId("device:7"),
    name="redeem 4",
    role=Role.REDEEM,
    booth=BoothKey("fair/4"),
    holder="Chen",
    report=make_report(at=at("11:40"), waiting=23, attention=2),
    not_settled=3,
)
EVERYTHING = [
    ("never_reported", "has never reported", "从没报到过"),
    ("not_since", "has not reported since the end", "结束后还没报到"),
    ("acted_since", "did something after its last report", "报到后又记了东西"),
    ("waiting", "still holds 23 scans", "还有 23 笔没传"),
    ("attention", "has 2 that a person must see", "有 2 笔要人看"),
    ("journal_behind", "has not sent all of its journal", "日志没传全"),
    ("not_settled", "names 3 scans that never arrived", "日志里有 3 笔没有传到"),
]


def test_there_are_words_for_everything_that_may_be_left() -> None:
    assert [Shortfall(one) for one, _, _ in EVERYTHING] == list(Shortfall)


@pytest.mark.parametrize(("shortfall", "en", "zh"), EVERYTHING)
def test_why_an_event_waits_for_a_phone_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, shortfall: str, en: str, zh: str
) -> None:
    watched = Watched(PHONE, (Shortfall(shortfall),))
    said = []
    for language in ("en", "zh"):
        monkeypatch.setenv("POINTS_LANGUAGE", language)
        said.append(why_missing(watched, SHANGHAI))

    assert said == [
        f"phone 7 {en}, held by Chen, last seen 11:40",
        f"7 号手机{zh}，Chen 拿着，最后报到 11:40",
    ]


def test_what_is_not_known_of_a_phone_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")
    stranger = replace(PHONE, holder=None, report=None)

    assert (
        why_missing(Watched(stranger, (Shortfall.NEVER_REPORTED,)), SHANGHAI)
        == "phone 7 has never reported"
    )


def test_a_phone_has_a_line_in_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POINTS_LANGUAGE", "en")
    done = Watched(replace(PHONE, is_revoked=True, holder=None), ())
    waiting = Watched(PHONE, (Shortfall.WAITING, Shortfall.ATTENTION))

    assert [phone_line(one, SHANGHAI) for one in (done, waiting)] == [
        "device:7  redeem 4  shut out  accounted for  last seen 11:40",
        (
            "device:7  redeem 4  still holds 23 scans  has 2 that a person must see  "
            "held by Chen  last seen 11:40"
        ),
    ]
