"""Files at the command line: read with a sentence where that fails, written whole or not at all.

What is written here is a secret as often as not (codes of cards, tokens), so only its owner can
read it, from its first byte on.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from points.cli.trouble import fail_about
from points.cli.words import MISUSED, fail

Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]

_PAGES = {".html", ".htm"}

TOKENS = "tokens"
"""The folder of tokens, inside the data folder."""


def read_bytes(path: Path) -> bytes:
    """Read a file; where that fails, say why and end."""
    try:
        return path.read_bytes()
    except OSError as error:
        fail_about(path, error)


def read_text(path: Path) -> str:
    """Read a file of text; where that fails, say why and end."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        fail(f"{path}：请存成 UTF-8", f"{path}: save it as UTF-8.", code=MISUSED)


def check_called_a_page(path: Path) -> None:
    """Make sure that a page to print is called one; where it is not, say so and end."""
    if path.suffix.lower() not in _PAGES and not path.exists():
        fail(
            f"{path}：印的是网页，请叫它 {path.stem}.html",
            f"{path}: what is made is an HTML page; call it {path.stem}.html.",
            code=MISUSED,
        )


@contextmanager
def new_file(path: Path, *, overwrites: bool = False) -> Iterator[BinaryIO]:
    """Open a file that is there once the block has ended well, and else never was.

    Whether it can be written at all is known before the block begins. What is no plain file, such
    as /dev/stdout, is written to as it is.
    """
    if path.exists() and not path.is_file():
        with _opened(path) as file:
            yield file
        return
    if path.exists() and not overwrites:
        fail(
            f"已经有 {path}；确实要替换请加 --force",
            f"{path} is there already; to replace it, say --force.",
        )
    target = path.resolve()  # a link stays one, and names the new file
    with _beside(target) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
        Path(file.name).replace(target)


def keep_secret(path: Path, text: str) -> None:
    """Write a line to a file that only its owner can read, in place of what was there."""
    with new_file(path, overwrites=True) as file:
        file.write(f"{text}\n".encode())


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can look into, if it is not there yet."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        fail_about(path, error)
    return path


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        fail_about(path, error)


@contextmanager
def _beside(path: Path) -> Iterator[BinaryIO]:
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name[:64]}.", dir=path.parent)
    except OSError as error:
        fail_about(path, error)
    os.close(descriptor)
    try:
        with Path(name).open("wb") as file:
            yield file
    finally:
        Path(name).unlink(missing_ok=True)
