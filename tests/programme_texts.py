"""Programme files to read in tests: plain parts, put together as text."""

from points.domain.programme_faults import Fault
from points.domain.programme_file import ProgrammeFile, read_programme_file

PROGRAMME = """
[programme]
name = "积分"
zone = "Asia/Shanghai"
expires = "never"
"""

FAIR = """
[[event]]
id = "fair"
name = "集市"
date = 2026-05-01
"""

DESK = 'booths = [{ number = 4, name = "兑换", redeems = true }]'


def make_activity(rule: str) -> str:
    """Write a fair with one activity."""
    return f'{PROGRAMME}{FAIR}\n[[event.activity]]\nid = "game"\nname = "游戏"\n{rule}\n'


def make_reward(more: str, *, stock: int = 20) -> str:
    """Write a fair, open from 09:00 to 12:00, with one reward at booth 4."""
    hours = 'opens = "09:00"\ncloses = "12:00"'
    reward = f'[[event.reward]]\nid = "soap"\nname = "肥皂"\nprice = 50\nstock = {stock}'
    return f"{PROGRAMME}{FAIR}{hours}\n{DESK}\n{reward}\n{more}\n"


def read(text: str) -> ProgrammeFile:
    """Read what has no fault."""
    found = read_programme_file(text, file="fair.toml")
    assert isinstance(found, ProgrammeFile), [fault.message.en for fault in found]
    return found


def read_faults(text: str) -> list[Fault]:
    """Read what has faults."""
    found = read_programme_file(text, file="fair.toml")
    assert isinstance(found, list), "the file was read"
    return found


def find_faults(text: str) -> list[tuple[str, str]]:
    """Tell the key and code of each fault."""
    return [(fault.key, fault.code.value) for fault in read_faults(text)]
