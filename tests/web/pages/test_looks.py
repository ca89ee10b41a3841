from dataclasses import replace

import pytest

from points.web.pages.looks import Look, read_look
from points.web.wording import Language

CHINESE, ENGLISH = Look(language=Language.CHINESE), Look(language=Language.ENGLISH)


@pytest.mark.parametrize(
    "look",
    [
        CHINESE,
        ENGLISH,
        replace(ENGLISH, is_large=True),
        replace(CHINESE, is_large=True, is_sun=True),
    ],
)
def test_what_was_chosen_is_kept(look: Look) -> None:
    assert read_look(look.kept, "fr") == look


def test_who_has_chosen_nothing_is_shown_the_language_that_the_browser_asks_for() -> None:
    kept = ["", "fr-large", "; DROP", "zh" * 3000]

    assert [read_look(one, "en-GB,en;q=0.9") for one in kept] == [ENGLISH] * 4
    assert read_look("", "") == CHINESE


def test_a_button_changes_one_thing_and_pressed_again_changes_it_back() -> None:
    large = replace(CHINESE, is_large=True)

    assert [CHINESE.changed(button) for button in ("large", "sun", "zh", "en", "", "x")] == [
        large,
        replace(CHINESE, is_sun=True),
        CHINESE,
        ENGLISH,
        CHINESE,
        CHINESE,
    ]
    assert large.changed("large") == CHINESE
    assert large.changed("en") == replace(ENGLISH, is_large=True)
