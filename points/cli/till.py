"""What a booth's commands do with the client: name acts, send them, and tell what came of them."""

import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from points.cli.files import TOKENS, read_text
from points.cli.words import MISUSED, fail, note, say, words
from points.client import Client, Outcome, Pace, Problem, Redemption, Unanswered

Answer = TypeVar("Answer")

_TOKEN = re.compile(r"p[dk]_[A-Za-z0-9_-]{43}")
_PARTNERS = "pk_"


@dataclass(frozen=True, slots=True)
class Name:
    """What names an act: told before it is first sent, the same whenever it is sent again."""

    id: str
    at: str


@dataclass(frozen=True, slots=True)
class Till:
    """A client, and who stands at it."""

    client: Client
    is_partners: bool
    repeats: Name | None

    def earn(self, card: str, activity: str, what: Mapping[str, object]) -> bool:
        """Award by an activity; tell whether it counts."""
        outcome = self._send(
            lambda name: self.client.earn(card, activity, **what, id=name.id, occurred_at=name.at)
        )
        if outcome.code == "activity_unknown":
            keys = [one.key.partition("/")[2] for one in self.client.activities()]
            note(f"这里可以记：{'、'.join(keys)}", f"What can be earned here: {', '.join(keys)}")
        return _show(outcome)

    def redeem(self, card: str, reward: str, quantity: int, price: int) -> bool:
        """Hand goods over; tell whether it counts."""
        if self.is_partners:
            return _show_redemption(
                self._send(
                    lambda name: self.client.redeem_by_key(
                        name.id,
                        card=card,
                        reward=reward,
                        quantity=quantity,
                        price_shown=price,
                        occurred_at=name.at,
                    )
                )
            )
        return _show(
            self._send(
                lambda name: self.client.redeem(
                    card,
                    reward,
                    quantity=quantity,
                    price_shown=price,
                    id=name.id,
                    occurred_at=name.at,
                )
            )
        )

    def undo(self, operation: str) -> bool:
        """Take an act back; tell whether that counts."""
        if self.is_partners:
            return _show_redemption(self._send(lambda _: self.client.void(operation)))
        return _show(
            self._send(lambda name: self.client.undo(operation, id=name.id, occurred_at=name.at))
        )

    def _send(self, act: Callable[[Name], Answer]) -> Answer:
        """Name an act and send it; where no answer comes, tell how to repeat it safely."""
        name = self.repeats or Name(str(uuid4()), datetime.now(UTC).isoformat())
        try:
            return act(name)
        except (Unanswered, KeyboardInterrupt):
            note(
                "不知道这一笔记上没有。同一张卡、同样的命令再做一次，加上这些就不会记两次：\n"
                f"  --id {name.id} --at {name.at}",
                "Nobody knows whether this was booked. Give the same command once more for the "
                f"same card; with this it cannot count twice:\n  --id {name.id} --at {name.at}",
            )
            raise


@contextmanager
def open_till(
    server: str, token: str, data: Path, *, repeats: Name | None = None
) -> Iterator[Till]:
    """Talk to a service with a token, and turn what goes wrong into sentences.

    Args:
        server: Its address.
        token: The token's name in the data folder, or its file.
        data: The folder of `points start`.
        repeats: The name of an act that got no answer.
    """
    secret = _token(token, data)
    language = words("zh-CN", "en")
    try:
        client = Client(server, secret, language=language, pace=Pace(pause=_wait_patiently))
    except ValueError as error:
        fail(f"服务的地址不对：{server}（{error}）", f"{server}: {error}", code=MISUSED)
    try:
        with client:
            yield Till(client, secret.startswith(_PARTNERS), repeats)
    except Unanswered as error:
        fail(
            f"连不上服务 {server}，它在运行吗？（{error}）",
            f"No answer from {server}. Is the service running? ({error})",
        )
    except Problem as error:
        fail(f"✘ {error.detail}（{error.code}）", f"✘ {error.detail} ({error.code})")


def read_lines(zh: str, en: str, *, is_one: bool = False) -> Iterator[str]:
    """Give each line that is typed, scanned or handed in, until the input ends; or only one."""
    if sys.stdin.isatty():
        note(zh, en)
    has_any = False
    while line := sys.stdin.readline():
        if line.strip():
            has_any = True
            yield line.strip()
            if is_one:
                return
    if not has_any:
        note("什么也没有读到，所以什么也没做。", "Nothing was read, so nothing was done.")


def _token(name: str, data: Path) -> str:
    for path in (data / TOKENS / name, Path(name)):
        if path.is_file():
            return _checked(read_text(path).strip(), path)
    there = sorted(path.name for path in (data / TOKENS).glob("*"))
    fail(
        f"找不到令牌 {name}。{data / TOKENS} 里有：{'、'.join(there) or '无'}",
        f"There is no token {name}. In {data / TOKENS} there are: {', '.join(there) or 'none'}",
        code=MISUSED,
    )


def _checked(token: str, path: Path) -> str:
    if not _TOKEN.fullmatch(token):
        fail(f"{path} 里不是令牌", f"{path} holds no token.", code=MISUSED)
    return token


def _wait_patiently(seconds: float) -> None:
    note("还没有回答，再试……", "No answer yet, trying again ...")
    time.sleep(seconds)


def _show(outcome: Outcome) -> bool:
    """Print an outcome; tell whether the act counts."""
    if outcome.status == "review":
        number = outcome.case
        say(f"… {outcome.message}    事项 {number}", f"… {outcome.message}    case {number}")
        return False
    if not outcome.counts:
        say(f"✘ {outcome.message}（{outcome.code}）", f"✘ {outcome.message} ({outcome.code})")
        return False
    change = words(f"{outcome.points:+} 分，", f"{outcome.points:+} points. ")
    line = f"✔ {change if outcome.points else ''}{outcome.message}"
    say(f"{line}    编号 {outcome.id}", f"{line}    id {outcome.id}")
    return True


def _show_redemption(done: Redemption) -> bool:
    line = f"✔ {words(f'{done.points:+} 分，', f'{done.points:+} points. ')}{done.message}"
    say(f"{line}    编号 {done.id}", f"{line}    id {done.id}")
    return True
