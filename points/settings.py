"""What an operator may set: read once from the environment, each value checked.

One list says everything about each setting; reading, errors and `docs/settings.md` follow it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

_ADDRESS = re.compile(r"https?://[0-9A-Za-z.:\[\]-]+(?:/[0-9A-Za-z._~/-]*)?", re.ASCII)
_PASSWORD = re.compile(r"://([^:@/]*):[^@]*@")
_SHOWN_MAX = 200
_LEVELS = ("critical", "error", "warning", "info", "debug")


class SettingsFault(Exception):
    """A setting cannot be what it is; the message names it, its value and what is allowed."""

    def __init__(self, zh: str, en: str) -> None:
        """Say so in Chinese and in English."""
        super().__init__(en)
        self.zh = zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this service runs."""

    database_url: str = field(repr=False)  # it may hold a password
    public_url: str | None
    host: str
    port: int
    proxies: tuple[str, ...]
    queue_max: int
    body_bytes_max: int
    log_level: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable and the field that it fills."""

    field: str
    default: str
    allowed: str
    meaning: str
    read: Callable[[str], Any]
    allowed_zh: str

    @property
    def variable(self) -> str:
        """Give the name of the environment variable."""
        return f"POINTS_{self.field.upper()}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read every setting; one that is missing or empty has its default.

    Raises:
        SettingsFault: A value is not allowed.
    """
    return Settings(**{one.field: _read(one, environment) for one in SETTINGS})


def settings_table() -> str:
    """Write the table of all settings for `docs/settings.md`."""
    lines = ["| variable | default | allowed | what it is |", "|---|---|---|---|"]
    lines += [
        f"| `{one.variable}` | {f'`{one.default}`' if one.default else '—'} "
        f"| {one.allowed} | {one.meaning} |"
        for one in SETTINGS
    ]
    return "\n".join(lines) + "\n"


def _read(setting: Setting, environment: Mapping[str, str]) -> Any:  # noqa: ANN401 -- per field
    given = environment.get(setting.variable, "").strip() or setting.default
    try:
        return setting.read(given)
    except ValueError:
        shown = _PASSWORD.sub(r"://\1:***@", given)
        if len(shown) > _SHOWN_MAX:
            shown = f"{shown[:_SHOWN_MAX]}…"
        raise SettingsFault(
            f"{setting.variable} 写的是 {shown!r}，应是{setting.allowed_zh}",
            f"{setting.variable} is {shown!r}; allowed: {setting.allowed}",
        ) from None


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,12}", text, re.ASCII) or not least <= int(text) <= most:
            raise ValueError
        return int(text)

    return read


def _database_url(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise ValueError
    return text


def _public_url(text: str) -> str | None:
    if text and not _ADDRESS.fullmatch(text):
        raise ValueError
    return text.rstrip("/") or None


def _host(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z.:-]{1,255}", text, re.ASCII):
        raise ValueError
    return text


def _networks(text: str) -> tuple[str, ...]:
    # Not "any": whoever is believed about who others are may be anybody.
    return tuple(str(ip_network(one.strip())) for one in text.split(","))


def _level(text: str) -> str:
    if text.lower() not in _LEVELS:
        raise ValueError
    return text.lower()


SETTINGS = (
    Setting(
        "database_url",
        "sqlite:///var/points.db",
        "`sqlite:///FILE`, `postgresql://USER:PASSWORD@HOST/NAME`",
        "Where the book is kept. Several hosts may be given for PostgreSQL.",
        _database_url,
        " sqlite:///文件 或 postgresql://用户:密码@主机/库名",
    ),
    Setting(
        "public_url",
        "",
        "`http(s)://HOST[:PORT][/PATH]`, or nothing",
        "Where residents reach the service: printed cards hold it in front of their code.",
        _public_url,
        " http(s)://主机[:端口][/路径]，或不写",
    ),
    Setting(
        "host", "127.0.0.1", "a name or address", "The address to listen on.", _host, "主机名或地址"
    ),
    Setting(
        "port", "8000", "1 to 65535", "The port to listen on.", _whole(1, 65_535), " 1 到 65535"
    ),
    Setting(
        "proxies",
        "127.0.0.1,::1",
        "addresses and networks, with commas between",
        "Proxies in front of the service, which are believed about who asks: see "
        "[HTTPS](https.md).",
        _networks,
        "地址和网段，用逗号隔开",
    ),
    Setting(
        "queue_max",
        "4096",
        "500 to 1000000",
        "How many operations may wait to be posted; past that, callers are told to come back.",
        _whole(500, 1_000_000),
        " 500 到 1000000",
    ),
    Setting(
        "body_bytes_max",
        "1048576",
        "1024 to 104857600",
        "How many bytes a request's body may have.",
        _whole(1024, 104_857_600),
        " 1024 到 104857600",
    ),
    Setting(
        "log_level",
        "info",
        ", ".join(_LEVELS),
        "How much is logged.",
        _level,
        f"其中之一：{'、'.join(_LEVELS)}",
    ),
)
"""Every setting, in the order in which they are documented."""
