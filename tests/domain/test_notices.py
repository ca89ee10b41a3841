from dataclasses import replace

from points.domain.notices import Notice, notice_of
from tests.market import PROGRAMME


def test_where_nothing_is_written_people_are_told_in_our_words() -> None:
    notice = notice_of(PROGRAMME)

    assert "居委会" in notice.text
    assert "residents' committee" in notice.text_en


def test_a_programme_says_it_in_its_own_words_alone() -> None:
    notice = notice_of(replace(PROGRAMME, privacy_notice="只记卡号"))

    assert notice == Notice(version=notice.version, text="只记卡号", text_en="")


def test_other_words_have_another_version_and_the_same_words_the_same() -> None:
    wordings = [
        replace(PROGRAMME, privacy_notice=zh, privacy_notice_en=en)
        for zh, en in [("", ""), ("只记卡号", ""), ("只记卡号", "Card only"), ("", "Card only")]
    ]

    versions = {notice_of(one).version for one in wordings}

    assert len(versions) == len(wordings)
    assert notice_of(replace(wordings[1], name="别的")) == notice_of(wordings[1])
