"""The API told about: its OpenAPI document, a page to read it on, and each problem's meaning."""

from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse

from points.web.doors import open_door
from points.web.problems import Code, Fault, Problem, all_codes, status_of
from points.web.shapes import Said
from points.web.wording import Language, title

router = APIRouter(prefix="/api/v1", tags=["reference"])

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>points API</title>
<style>
body {{ font: 1rem/1.6 system-ui; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }}
td, th {{ padding: .2rem 1rem .2rem 0; text-align: left; vertical-align: top }}
code {{ font-size: .95em }}
</style>
<h1>points API</h1>
<p>{about}</p>
<p>The whole description, for tools: <a href="openapi.json">openapi.json</a></p>
<h2>Requests</h2><table>{requests}</table>
<h2>Problems</h2><table><tr><th>code<th>HTTP<th>final<th>中文<th>English{problems}</table>
</html>"""


class ProblemMeaning(Said):
    """What a problem's code means, wherever it is met."""

    code: Code
    status: int
    """Where it is a whole request's answer."""
    final: bool
    """Whether sending the same again can never succeed."""
    zh: str
    en: str


@router.get("/openapi.json", **open_door())
async def get_openapi_document(request: Request) -> dict[str, Any]:
    """Give this document."""
    document: dict[str, Any] = request.app.openapi()
    return document


@router.get("/docs", response_class=HTMLResponse, **open_door())
async def get_docs(request: Request) -> HTMLResponse:
    """Show all requests and problems on one page."""
    return HTMLResponse(
        _page(request.app.openapi()),
        headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"},
    )


@router.get("/problems/{code}", **open_door(refuses=[Fault.NOT_FOUND, Fault.INVALID]))
async def get_problem(
    code: Annotated[str, Path(max_length=64, description="As in a problem's `code`.")],
) -> ProblemMeaning:
    """Tell what a problem's code means."""
    for known in all_codes():
        if known == code:
            return ProblemMeaning(
                code=known,
                status=status_of(known),
                final=known.is_final,
                zh=title(known, Language.CHINESE),
                en=title(known, Language.ENGLISH),
            )
    raise Problem(Fault.NOT_FOUND)


def _page(document: dict[str, Any]) -> str:
    requests = [
        f"<tr><td><code>{method.upper()} {escape(path)}</code><td>{escape(said['description'])}"
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]
    problems = [
        f"<tr><td><code>{code}</code><td>{status_of(code).value}"
        f"<td>{'yes' if code.is_final else 'no'}"
        f"<td>{title(code, Language.CHINESE)}<td>{title(code, Language.ENGLISH)}"
        for code in all_codes()
    ]
    return _PAGE.format(
        about=escape(document["info"]["description"]),
        requests="".join(requests),
        problems="".join(problems),
    )
