"""Publish the heads of all chains, and hold the book to heads published earlier.

A chain proves that nothing in it was changed; only a head that somebody else keeps proves that
nothing was cut off its end, and that it was not all written anew.
"""

import os
from datetime import datetime
from pathlib import Path

from points.domain.anchors import Heads, HeadsFault, check_published, read_heads, write_heads
from points.domain.findings import Code, Finding, Findings
from points.service.transactions import snapshot, transaction
from points.storage.anchors import add_anchor, load_heads
from points.storage.engine import Database
from points.storage.verifying import find_batches


def publish_heads(database: Database, path: Path, *, now: datetime) -> Heads:
    """Write the heads of all chains to a file, whole or not at all, and note it in the book.

    Raises:
        DatabaseUnavailable: Nothing was written.
        OSError: The file cannot be written; the book notes nothing.
    """
    with transaction(database) as connection:
        heads = Heads(now, load_heads(connection))
        add_anchor(connection, heads)
        _write_whole(path, write_heads(heads))
    return heads


def check_heads_file(database: Database, path: Path) -> list[Finding]:
    """Tell which heads of a file no longer stand in the book; nothing if all do.

    Raises:
        DatabaseUnavailable: The book cannot be read now.
        OSError: The file cannot be read.
    """
    findings = Findings()
    about = {"file": path.name}
    try:
        heads = read_heads(path.read_text("utf-8")).heads
    except (HeadsFault, UnicodeDecodeError):
        findings.add(Code.ANCHOR_INVALID, about)
        return findings.items
    with snapshot(database) as connection:
        batches = find_batches(connection, heads)
    hashes = {chain: batch.hash for chain, batch in batches.items()}
    check_published(heads, hashes, findings, about=about)
    return findings.items


def _write_whole(path: Path, text: str) -> None:
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:  # whoever asked for a file never heard of the one beside it
        raise OSError(error.errno, error.strerror, str(path)) from error
