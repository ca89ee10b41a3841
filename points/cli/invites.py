"""Show an invite: as a link to open on this machine, and as a QR for a phone's camera."""

import sys

import typer

from points.outside.qr_images import TERMINAL_BLOCKS, qr_text
from points.settings import Settings


def address_for_phones(chosen: Settings) -> str:
    """Give the address under which phones reach the service, as far as the settings tell."""
    return chosen.public_url or f"http://{chosen.host}:{chosen.port}"


def invite_link(address: str, text: str) -> str:
    """Write the link that opens the scanner with an invite.

    The invite stands behind `#`: what stands there is sent to nobody, so no log holds it.
    """
    return f"{address}/scan#i={text}"


def draw_link(link: str) -> None:
    """Draw a link as a QR, in whatever letters the terminal has."""
    typer.echo(qr_text(link, has_blocks=_has_letters(TERMINAL_BLOCKS)))


def _has_letters(letters: str) -> bool:
    try:
        letters.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
