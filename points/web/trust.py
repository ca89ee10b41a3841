"""The page by which a phone comes to trust a service of its local network: `points start --lan`.

It is served beside the service, without encryption, for there is no trust yet by which to encrypt.
So it gives nothing but what anybody may know, a certificate, and shows its fingerprint: the
terminal shows the same, and whoever compares the two is not deceived.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from points.outside.qr_images import qr_svg

FILE = "points.crt"
"""What phones call the certificate that they download."""

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# By this type phones know that it is to be installed, not shown.
_CERTIFICATE = "application/x-x509-ca-cert"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What a phone is asked to trust, and where it goes from there."""

    name: str
    """What phones list it under."""
    certificate: bytes
    """As a file for phones: DER."""
    fingerprint: str
    hosts: tuple[str, ...]
    """Names and addresses that it vouches for, the likeliest first."""
    scanner_port: int
    page_port: int

    def host(self, asked: str | None) -> str:
        """Name the machine as it was asked for: a phone may reach only one of its addresses."""
        return asked if asked in self.hosts else self.hosts[0]


def make_trust_app(trust: Callable[[], Trust]) -> Starlette:
    """Make the app of the page; it asks what to trust for each visitor, for that may change."""

    async def show(request: Request) -> Response:
        now = trust()
        host = now.host(request.url.hostname)
        here = f"http://{host}:{now.page_port}"
        page = _PAGES.get_template("trust.html").render(
            name=now.name,
            fingerprint=now.fingerprint,
            scanner=f"https://{host}:{now.scanner_port}/scan",
            file=FILE,
            here=here,
            picture=Markup(qr_svg(here, label=here)),  # noqa: S704 -- drawn here, nothing foreign in it
        )
        return HTMLResponse(page, headers=_HEADERS)

    async def give(_request: Request) -> Response:
        return Response(trust().certificate, media_type=_CERTIFICATE, headers=_HEADERS)

    return Starlette(routes=[Route("/", show), Route(f"/{FILE}", give)])
