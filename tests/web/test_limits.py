import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from points.web.limits import BodyLimit
from points.web.problems import Fault, Problem

MEBIBYTE = 1024 * 1024


class Sender:
    """Somebody who sends pieces of a body, and remembers how many were taken."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.taken = 0

    async def __call__(self) -> Message:
        piece = self.pieces[self.taken]
        self.taken += 1
        has_more = self.taken < len(self.pieces)
        return {"type": "http.request", "body": piece, "more_body": has_more}


def pass_through(sender: Sender, *, bytes_max: int = 10, **headers: str) -> list[bytes]:
    """Read a body behind a limit; give what the app got to see."""
    seen: list[bytes] = []

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        while True:
            message = await receive()
            seen.append(message["body"])
            if not message["more_body"]:
                return

    async def send(_message: Message) -> None:
        raise AssertionError("the app answers nothing here")

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope: Any = {"type": "http", "headers": named}
    asyncio.run(BodyLimit(app, bytes_max=bytes_max)(scope, sender, send))
    return seen


def test_a_body_up_to_the_limit_passes() -> None:
    assert pass_through(Sender([b"12345", b"67890"])) == [b"12345", b"67890"]
    assert pass_through(Sender([b"1234567890"]), content_length="10") == [b"1234567890"]


@pytest.mark.parametrize(
    "sender", [Sender([b"12345678901"]), Sender([b"1"] * 11), Sender([b"12345", b"678901"])]
)
def test_one_byte_more_does_not(sender: Sender) -> None:
    with pytest.raises(Problem) as raised:
        pass_through(sender)

    assert raised.value.code is Fault.BODY_TOO_LARGE
    assert raised.value.details == {"bytes_max": 10}
    assert raised.value.headers == {"Connection": "close"}


def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all() -> None:
    sender = Sender([b"1"] * 11)

    with pytest.raises(Problem):
        pass_through(sender, content_length="11")

    assert sender.taken == 0


@pytest.mark.parametrize("length", ["5", "-1", "", "ten", "１１", "1" * 19])
def test_a_body_that_says_too_little_or_nonsense_is_measured_all_the_same(length: str) -> None:
    with pytest.raises(Problem):
        pass_through(Sender([b"1"] * 11), content_length=length)


def test_50_megabytes_without_a_length_are_given_up_after_the_first() -> None:
    sender = Sender([b" " * (64 * 1024)] * 800)

    with pytest.raises(Problem):
        pass_through(sender, bytes_max=MEBIBYTE)

    assert sender.taken == 17


def test_what_is_no_request_passes() -> None:
    started: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        started.append(scope["type"])

    async def nothing(*_: object) -> Any:
        raise AssertionError("nobody reads")

    asyncio.run(BodyLimit(app, bytes_max=1)({"type": "lifespan"}, nothing, nothing))

    assert started == ["lifespan"]
