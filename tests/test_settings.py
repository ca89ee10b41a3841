from pathlib import Path

import pytest

from points.settings import SETTINGS, Settings, SettingsFault, read_settings, settings_table

DOCUMENT = Path(__file__).parents[1] / "docs" / "settings.md"


def test_what_is_not_set_has_its_default() -> None:
    assert read_settings({}) == Settings(
        database_url="sqlite:///var/points.db",
        public_url=None,
        host="127.0.0.1",
        port=8000,
        proxies=("127.0.0.1/32", "::1/128"),
        queue_max=4096,
        body_bytes_max=1048576,
        log_level="info",
    )


def test_an_empty_variable_counts_as_not_set() -> None:
    environment = {one.variable: " " for one in SETTINGS}

    assert read_settings(environment) == read_settings({})


def test_every_setting_can_be_set() -> None:
    environment = {
        "POINTS_DATABASE_URL": "postgresql://points:secret@one,two/points",
        "POINTS_PUBLIC_URL": "https://points.example/changfeng/",
        "POINTS_HOST": "::",
        "POINTS_PORT": "80",
        "POINTS_PROXIES": "10.0.0.7, 10.1.0.0/16",
        "POINTS_QUEUE_MAX": "500",
        "POINTS_BODY_BYTES_MAX": "2097152",
        "POINTS_LOG_LEVEL": "Debug",
        "HOME": "/nowhere",
    }

    assert read_settings(environment) == Settings(
        database_url="postgresql://points:secret@one,two/points",
        public_url="https://points.example/changfeng",
        host="::",
        port=80,
        proxies=("10.0.0.7/32", "10.1.0.0/16"),
        queue_max=500,
        body_bytes_max=2097152,
        log_level="debug",
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("POINTS_DATABASE_URL", "mysql://host/points"),
        ("POINTS_DATABASE_URL", "var/points.db"),
        ("POINTS_PUBLIC_URL", "points.example"),
        ("POINTS_PUBLIC_URL", "https://user@points.example"),
        ("POINTS_PUBLIC_URL", "https://points.example?x=1"),
        ("POINTS_HOST", "local host"),
        ("POINTS_PORT", "0"),
        ("POINTS_PORT", "65536"),
        ("POINTS_PORT", "http"),
        ("POINTS_PORT", "8_000"),
        ("POINTS_PORT", "８０"),
        ("POINTS_PROXIES", "*"),
        ("POINTS_PROXIES", "10.0.0.7/8"),
        ("POINTS_PROXIES", "proxy.example"),
        ("POINTS_QUEUE_MAX", "499"),
        ("POINTS_BODY_BYTES_MAX", "1 MiB"),
        ("POINTS_LOG_LEVEL", "loud"),
    ],
)
def test_a_value_that_cannot_be_is_named_with_what_is_allowed(variable: str, value: str) -> None:
    allowed = next(one.allowed for one in SETTINGS if one.variable == variable)

    with pytest.raises(SettingsFault) as raised:
        read_settings({variable: value})

    assert str(raised.value) == f"{variable} is {value!r}; allowed: {allowed}"


def test_a_password_is_never_shown() -> None:
    with pytest.raises(SettingsFault) as raised:
        read_settings({"POINTS_DATABASE_URL": "oracle://points:se:cret@host/points"})

    assert "cret" not in str(raised.value)
    shown = repr(read_settings({"POINTS_DATABASE_URL": "postgresql://points:secret@host/points"}))
    assert "secret" not in shown


def test_settings_are_documented_in_one_place() -> None:
    assert settings_table() in DOCUMENT.read_text("utf-8"), (
        "write points.settings.settings_table() into docs/settings.md"
    )


def test_a_fault_is_told_in_chinese_too() -> None:
    with pytest.raises(SettingsFault) as raised:
        read_settings({"POINTS_QUEUE_MAX": "9" * 1_000})

    assert raised.value.zh == f"POINTS_QUEUE_MAX 写的是 {'9' * 200 + '…'!r}，应是 500 到 1000000"
