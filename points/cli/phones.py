"""Phones in plain words: who holds one, what is still on it, and why an event waits for it."""

from collections.abc import Mapping
from datetime import tzinfo

from points.cli.words import Both, words
from points.domain.closing import Phone, Shortfall, Watched


def phone_line(watched: Watched, zone: tzinfo) -> str:
    """Tell of a phone in one line."""
    phone = watched.phone
    parts = [str(phone.device), phone.name]
    if phone.is_revoked:
        parts.append(words("已停用", "shut out"))
    return "  ".join(
        [*parts, *(_whys(watched) or [words("交代清楚了", "accounted for")]), *_who(phone, zone)]
    )


def why_missing(watched: Watched, zone: tzinfo) -> str:
    """Say why a phone is not accounted for, who holds it, and when it was last seen."""
    number = watched.phone.device.partition(":")[2]
    parts = [*_whys(watched), *_who(watched.phone, zone)]
    return words(f"{number} 号手机{'，'.join(parts)}", f"phone {number} {', '.join(parts)}")


def _who(phone: Phone, zone: tzinfo) -> list[str]:
    parts = []
    if phone.holder is not None:
        parts.append(words(f"{phone.holder} 拿着", f"held by {phone.holder}"))
    if phone.report is not None:
        seen = f"{phone.report.arrived_at.astimezone(zone):%H:%M}"
        parts.append(words(f"最后报到 {seen}", f"last seen {seen}"))
    return parts


def _whys(watched: Watched) -> list[str]:
    return [_why(one, watched.phone) for one in watched.shortfalls]


def _why(shortfall: Shortfall, phone: Phone) -> str:
    waiting = 0 if phone.report is None else phone.report.waiting
    attention = 0 if phone.report is None else phone.report.attention
    said: Mapping[Shortfall, Both] = {
        Shortfall.NEVER_REPORTED: ("从没报到过", "has never reported"),
        Shortfall.NOT_SINCE: ("结束后还没报到", "has not reported since the end"),
        Shortfall.ACTED_SINCE: ("报到后又记了东西", "did something after its last report"),
        Shortfall.WAITING: (f"还有 {waiting} 笔没传", f"still holds {waiting} scans"),
        Shortfall.ATTENTION: (
            f"有 {attention} 笔要人看",
            f"has {attention} that a person must see",
        ),
        Shortfall.JOURNAL_BEHIND: ("日志没传全", "has not sent all of its journal"),
        Shortfall.NOT_SETTLED: (
            f"日志里有 {phone.not_settled} 笔没有传到",
            f"names {phone.not_settled} scans that never arrived",
        ),
    }
    return words(*said[shortfall])
