"""`GET /devices/quiz`, and the results that phones send in: paid once, on nobody else's word."""

from importlib.resources import files
from typing import Any

import pytest

from points.service.quizzes import QuizLoaded, load_quiz_list
from tests.market import LI, NOW
from tests.web.served import CODES, Served, earn

DEMO = files("points.demo").joinpath("sorting_items.csv").read_bytes()


@pytest.fixture
def loaded(served: Served) -> QuizLoaded:
    result = load_quiz_list(served.book.database, DEMO, now=NOW)
    assert isinstance(result, QuizLoaded)
    return result


def quiz(served: Served, caller: str | None = "games", **headers: str) -> Any:
    return served.ask(caller, "GET", "/devices/quiz", headers=headers)


def result(**given: object) -> dict[str, Any]:
    return earn(activity="quiz", quantity=6) | given


def test_a_phone_is_given_the_list_and_told_when_there_is_nothing_new(
    served: Served, loaded: QuizLoaded
) -> None:
    first = quiz(served)
    again = quiz(served, **{"If-None-Match": first.headers["ETag"]})

    told = first.json()
    assert (told["version"], len(told["items"])) == (loaded.quiz.version, 64)
    assert told["items"][0] == {
        "name": "报纸",
        "name_en": "newspaper",
        "bin": "recyclable",
        "hint": loaded.quiz.items[0].hint,
        "hint_en": loaded.quiz.items[0].hint_en,
    }
    assert (again.status_code, again.content) == (304, b"")


def test_before_any_list_there_is_nothing_to_ask(served: Served) -> None:
    assert quiz(served).json() == {"version": None, "items": []}


def test_a_booth_that_pays_right_answers_is_told_of_the_list_and_no_other(
    served: Served, loaded: QuizLoaded
) -> None:
    def told(caller: str) -> str | None:
        version: str | None = served.ask(caller, "GET", "/devices/bundle").json()["quiz"]
        return version

    assert [told(caller) for caller in ("games", "redeeming", "supervisor")] == [
        loaded.quiz.version,
        None,
        loaded.quiz.version,
    ]


def test_a_result_pays_for_right_answers_once_per_resident(served: Served) -> None:
    [first, again] = served.operate("games", result(), result())

    assert (first["status"], first["points"]) == ("accepted", 6)
    assert (again["status"], again["code"], again["points"]) == ("refused", "limit_reached", 0)
    assert served.balance() == 1006


def test_a_result_that_was_sent_again_pays_once_and_an_altered_one_nothing(
    served: Served,
) -> None:
    game = result()
    [first] = served.operate("games", game)

    [again, higher, another] = served.operate(
        "games", game, game | {"quantity": 8}, game | {"card": CODES[LI]}
    )

    assert (first["status"], again["status"], again["points"]) == ("accepted", "replayed", 6)
    assert [one["code"] for one in (higher, another)] == ["idempotency_key_reused"] * 2
    assert (served.balance(), served.balance(LI)) == (1006, 1000)


@pytest.mark.parametrize(("caller", "code"), [(None, "unauthenticated"), ("partner", "forbidden")])
def test_whoever_has_no_phone_of_the_booth_posts_no_result(
    served: Served, caller: str | None, code: str
) -> None:
    answer = served.ask(caller, "POST", "/operations", json=[result()])

    assert answer.json()["code"] == code
    assert served.balance() == 1000


def test_a_phone_of_another_booth_posts_no_result(served: Served) -> None:
    [answer] = served.operate("stamps", result())

    assert answer["code"] == "activity_unknown"
    assert served.balance() == 1000
