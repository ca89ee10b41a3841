import pytest

from points.web.etags import is_held, nothing_new, tag_of


@pytest.mark.parametrize(
    "held", ['W/"now"', '"now"', '"before", W/"now"', ' W/"now" ,"x"', "*", '"x",*']
)
def test_who_holds_the_newest_is_known_by_its_tag(held: str) -> None:
    assert is_held(held, "now")


@pytest.mark.parametrize("held", ["", "now", 'W/"before"', '"nowadays"', 'w/"now"', '"no w"'])
def test_who_holds_another_or_nothing_is_told_anew(held: str) -> None:
    assert not is_held(held, "now")


def test_nothing_new_says_what_is_held() -> None:
    answer = nothing_new("now")

    assert (answer.status_code, answer.body, answer.headers["ETag"]) == (304, b"", tag_of("now"))
