"""`/scan`: the volunteer's scanner as it was built from `points/scanner`.

The shell is asked for anew each time; everything that it names carries its hash in its name and may
be kept for ever. WebAssembly runs in the decoder's worker and nowhere else.
"""

import re
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Response
from starlette.responses import HTMLResponse, RedirectResponse

from points.web.doors import open_door
from points.web.problems import Fault, Problem

router = APIRouter(tags=["pages"], include_in_schema=False)

BUILT = Path(__file__).parents[1] / "static" / "scanner"

_MEDIA = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
"""All that is served; the packed copies and the stamp beside them are not."""

_NAME = re.compile(r"[0-9A-Za-z_-][0-9A-Za-z._-]*", re.ASCII)
_ASSETS = "assets"
_DECODER = "decode-"
_WORKER = "sw.js"

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"

_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
_SHELL_HEADERS = {
    "Cache-Control": _ASK_EACH_TIME,
    "Content-Security-Policy": _PAGE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
# A worker obeys the policy that its own script came with.
_DECODER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"

_NOT_BUILT = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>扫码 · 还没有建好</title>
<h1>扫码页还没有建好</h1>
<p>请在服务器上运行 <code>scripts/scanner build</code>，再打开这一页。别的都照常可用。</p>
<p lang="en">The scanner has not been built. Run <code>scripts/scanner build</code> on the server,
then open this page again. Everything else works.</p>
</html>"""

AcceptEncoding = Annotated[str, Header()]


@router.get("/scan", **open_door())
async def find_scanner() -> RedirectResponse:
    """Lead to the scanner; what stands behind `#` goes along."""
    return RedirectResponse("scan/", status_code=308)


@router.get("/scan/", **open_door())
def get_scanner() -> Response:
    """Open the scanner."""
    shell = BUILT / "index.html"
    if not shell.is_file():
        return HTMLResponse(_NOT_BUILT, status_code=503)
    return HTMLResponse(shell.read_bytes(), headers=_SHELL_HEADERS)


@router.get("/scan/{name}", **open_door(refuses=[Fault.NOT_FOUND]))
def get_scanner_file(name: str, accept_encoding: AcceptEncoding = "") -> Response:
    """Give what the scanner has beside it: its manifest and its service worker."""
    return _file(name, accept_encoding=accept_encoding)


@router.get("/scan/{folder}/{name}", **open_door(refuses=[Fault.NOT_FOUND]))
def get_scanner_asset(folder: str, name: str, accept_encoding: AcceptEncoding = "") -> Response:
    """Give a script, a style sheet, the decoder or an icon."""
    return _file(folder, name, accept_encoding=accept_encoding)


def _file(*path: str, accept_encoding: str) -> Response:
    """Give a file that was built.

    Raises:
        Problem: There is none of that name.
    """
    file = BUILT.joinpath(*path)
    media = _MEDIA.get(file.suffix)
    if media is None or not all(_NAME.fullmatch(part) for part in path) or not file.is_file():
        raise Problem(Fault.NOT_FOUND)
    headers = _headers(*path)
    packed = file.with_name(f"{file.name}.gz")
    if packed.is_file():
        headers["Vary"] = "Accept-Encoding"
        if "gzip" in re.split(r"[\s,;]+", accept_encoding.lower()):
            file, headers["Content-Encoding"] = packed, "gzip"
    return Response(file.read_bytes(), headers=headers, media_type=media)


def _headers(*path: str) -> dict[str, str]:
    headers = {"Cache-Control": _FOR_EVER if path[0] == _ASSETS else _ASK_EACH_TIME}
    if path[-1].startswith(_DECODER):
        headers["Content-Security-Policy"] = _DECODER_POLICY
    if path == (_WORKER,):
        headers["Content-Security-Policy"] = _WORKER_POLICY
        # The page's address without its slash is the scanner's as well.
        headers["Service-Worker-Allowed"] = "../scan"
    return headers
