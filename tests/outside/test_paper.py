"""What cards and slips have in common: sheets of ten, and names that fit."""

from collections.abc import Iterator

import pytest

from points.outside.paper import FACES_PER_SHEET, name_lines, printable, sheet_parts

FACE = '<svg class="card"></svg>'


@pytest.mark.parametrize(("count", "sheets"), [(0, 0), (1, 1), (10, 1), (11, 2), (30, 3)])
def test_faces_are_laid_out_ten_to_a_sheet(count: int, sheets: int) -> None:
    page = "".join(sheet_parts([FACE] * count, count, "积分 · 积分卡"))

    assert (page.count(FACE), page.count('<section class="sheet"')) == (count, sheets)
    assert f"共 {sheets} 页" in page or sheets == 0
    assert "<title>积分 · 积分卡</title>" in page


def test_a_sheet_is_handed_over_before_the_next_is_drawn() -> None:
    drawn: list[str] = []

    def faces() -> Iterator[str]:
        for _ in range(30):
            drawn.append(FACE)
            yield FACE

    for part in sheet_parts(faces(), 30, ""):
        if "</section>" in part:
            break

    assert len(drawn) == FACES_PER_SHEET


def test_a_title_is_text_and_nothing_else() -> None:
    assert "<title>&lt;b&gt;</title>" in "".join(sheet_parts([], 0, "<b>"))


def test_a_name_stands_on_one_line_without_control_characters() -> None:
    assert printable(" 长\x00风\n 积分\ufffe ") == "长风 积分"


def test_a_longer_name_is_set_smaller_and_never_over_more_lines_than_there_is_room_for() -> None:
    names = ["积分", "长风新村街道垃圾分类积分", "积分" * 20, "积分" * 200]

    sizes = [name_lines(name)[0].size for name in names]

    assert sizes == sorted(sizes, reverse=True)
    assert [len(name_lines(name)) for name in names] == [1, 2, 4, 4]
