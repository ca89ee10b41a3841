"""Files that no book may be restored from, each made of a sound backup."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from points.storage.backups import BackupFault


def damaged_inside(backup: Path) -> BackupFault:
    content = bytearray(backup.read_bytes())
    content[8192:-4096] = bytes(len(content) - 8192 - 4096)
    backup.write_bytes(content)
    return BackupFault.DAMAGED


def cut_short(backup: Path) -> BackupFault:
    os.truncate(backup, backup.stat().st_size // 2)
    return BackupFault.DAMAGED


def empty(backup: Path) -> BackupFault:
    os.truncate(backup, 0)
    return BackupFault.NOT_POINTS


def a_letter(backup: Path) -> BackupFault:
    backup.write_text("Dear committee, " * 1000)
    return BackupFault.NOT_POINTS


def of_another_program(backup: Path) -> BackupFault:
    backup.unlink()
    with closing(sqlite3.connect(backup)) as other:
        other.execute("CREATE TABLE alembic_version (version_num)")
        other.execute("INSERT INTO alembic_version VALUES ('0001')")
        other.commit()
    return BackupFault.NOT_POINTS


def of_a_newer_release(backup: Path) -> BackupFault:
    with closing(sqlite3.connect(backup)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    return BackupFault.NEWER


def gone(backup: Path) -> BackupFault:
    backup.unlink()
    return BackupFault.MISSING


def a_folder(backup: Path) -> BackupFault:
    backup.unlink()
    backup.mkdir()
    return BackupFault.NOT_A_FILE
