"""What `/scan` serves; that it works in a browser is told by `tests/scanner`."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from points.web.pages import scanner
from tests.web.served import Served


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scanner of a few files, in place of the real one."""
    for name, text in {
        "index.html": "<title>扫码</title>",
        "sw.js": "worker",
        "manifest.webmanifest": "{}",
        ".stamp": "stamp",
        "assets/index-1a.js": "script",
        "assets/index-1a.js.gz": "",
        "assets/decode-2b.js": "decoder",
        "icons/seal.svg": "<svg/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "assets" / "index-1a.js.gz").write_bytes(gzip.compress(b"script"))
    monkeypatch.setattr(scanner, "BUILT", tmp_path)
    return tmp_path


def get(served: Served, path: str, encoding: str = "identity") -> Any:
    headers = {"Accept-Encoding": encoding}
    return served.http.get(path, headers=headers, follow_redirects=False)


def test_the_address_without_its_slash_leads_to_the_page_under_any_prefix(
    served_once: Served,
) -> None:
    answer = get(served_once, "/scan")

    assert (answer.status_code, answer.headers["Location"]) == (308, "scan/")


def test_the_page_is_asked_for_anew_and_may_do_nothing_but_scan(
    served_once: Served, built: Path
) -> None:
    answer = get(served_once, "/scan/")

    assert (answer.status_code, answer.text) == (200, "<title>扫码</title>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Permissions-Policy"] == "camera=(self), geolocation=(), microphone=()"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


def test_only_the_decoder_may_compile(served_once: Served, built: Path) -> None:
    policies = {
        path: get(served_once, path).headers["Content-Security-Policy"]
        for path in ("/scan/", "/scan/sw.js", "/scan/assets/index-1a.js", "/scan/icons/seal.svg")
    }
    decoder = get(served_once, "/scan/assets/decode-2b.js").headers["Content-Security-Policy"]

    assert decoder == "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    assert not [path for path, policy in policies.items() if "unsafe" in policy]


def test_what_has_a_hash_in_its_name_is_kept_for_ever_and_nothing_else(
    served_once: Served, built: Path
) -> None:
    kept = {
        path: get(served_once, f"/scan/{path}").headers["Cache-Control"]
        for path in ("assets/index-1a.js", "icons/seal.svg", "sw.js", "manifest.webmanifest")
    }

    assert kept == {
        "assets/index-1a.js": "public, max-age=31536000, immutable",
        "icons/seal.svg": "no-cache",
        "sw.js": "no-cache",
        "manifest.webmanifest": "no-cache",
    }


def test_the_service_worker_may_cover_the_address_without_its_slash(
    served_once: Served, built: Path
) -> None:
    answer = get(served_once, "/scan/sw.js")

    assert answer.headers["Service-Worker-Allowed"] == "../scan"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; connect-src 'self'"


@pytest.mark.parametrize("encoding", ["gzip", "br, gzip", "GZIP;q=0.8, br"])
def test_a_file_is_sent_packed_to_whoever_unpacks(
    served_once: Served, built: Path, encoding: str
) -> None:
    answer = get(served_once, "/scan/assets/index-1a.js", encoding)

    assert (answer.text, answer.headers["Content-Encoding"]) == ("script", "gzip")
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("encoding", ["identity", "br", "", "xgzip"])
def test_a_file_is_sent_as_it_is_to_everybody_else(
    served_once: Served, built: Path, encoding: str
) -> None:
    answer = get(served_once, "/scan/assets/index-1a.js", encoding)

    assert (answer.text, answer.headers["Vary"]) == ("script", "Accept-Encoding")
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "assets/other.js",
        "assets/index-1a.js.gz",
        ".stamp",
        "index.html",
        "assets",
        "assets/",
        "assets/..%2fsw.js",
        "..%2fscanner%2fsw.js",
        "%2e%2e/static/sw.js",
        "assets/%2e%2e/sw.js",
        "assets/%00.js",
        "assets/index-1a.js/",
        "assets/deeper/index-1a.js",
        "C:%5cwindows.js",
    ],
)
def test_nothing_else_is_served_whatever_it_is_called(
    served_once: Served, built: Path, path: str
) -> None:
    (built.parent / "sw.js").write_text("not ours")

    answer = get(served_once, f"/scan/{path}")

    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_scanner_that_was_not_built_says_how_to_build_it(
    served_once: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanner, "BUILT", tmp_path / "nowhere")

    answer = get(served_once, "/scan/")

    assert answer.status_code == 503
    assert "scripts/scanner build" in answer.text
    assert get(served_once, "/scan/sw.js").status_code == 404


def test_the_scanner_that_was_built_is_served_whole(served_once: Served) -> None:
    shell = get(served_once, "/scan/").text
    worker = get(served_once, "/scan/sw.js").text
    manifest = get(served_once, "/scan/manifest.webmanifest").json()
    [listed] = re.findall(r'"files":(\[[^]]*\])', worker)
    named = [
        *re.findall(r'(?:src|href)="\./([^"]+)"', shell),
        *(icon["src"] for icon in manifest["icons"]),
        *json.loads(listed),
    ]

    statuses = {
        name: get(served_once, f"/scan/{name.removeprefix('./')}").status_code for name in named
    }

    assert len(statuses) >= 10
    assert set(statuses.values()) == {200}, statuses
