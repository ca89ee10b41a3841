"""Turn what goes wrong outside of points into a sentence: files, pipes, Ctrl-C, a slip of the pen.

Nobody who mistypes a name or pulls out a stick sees a traceback; a fault of ours still gives one.
"""

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer

from points.cli.words import MISUSED, Both, fail, speaks_chinese, words

INTERRUPTED = 130
"""Exit code of a command that Ctrl-C ended, as shells know it."""

_WORDS: Mapping[int, Both] = {
    errno.ENOENT: ("没有这个文件或文件夹", "there is no such file or folder"),
    errno.EEXIST: ("已经有这个文件或文件夹", "it is there already"),
    errno.EACCES: ("没有权限", "permission denied"),
    errno.EPERM: ("不允许这样做", "this is not permitted"),
    errno.EROFS: ("这里只能读，不能写", "nothing can be written here"),
    errno.ENOSPC: ("磁盘满了", "the disk is full"),
    errno.EISDIR: ("这是文件夹，不是文件", "this is a folder, not a file"),
    errno.ENOTDIR: ("路径中间有一个不是文件夹", "a part of the path is no folder"),
    errno.ENAMETOOLONG: ("名字太长", "the name is too long"),
}

# The library that reads options speaks English alone.
_SLIPS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(english, re.DOTALL), chinese)
    for english, chinese in (
        (r"Missing option (.*?)\.\s+Choose from:\s*(.*)", r"缺少选项 \1，可以是：\2"),
        (r"Missing argument (.*?)\.\s+Choose from:\s*(.*)", r"缺少参数 \1，可以是：\2"),
        (r"Missing option (.*?)\.?", r"缺少选项 \1"),
        (r"Missing argument (.*?)\.?", r"缺少参数 \1"),
        (r"Missing command\.?", "缺少命令"),
        (r"No such option:? (\S*) \(Possible options: (.*)\)", r"没有选项 \1，是不是 \2？"),
        (r"No such option:? (.*)", r"没有选项 \1"),
        (r"No such command (\S*)\. Did you mean (.*)\?", r"没有命令 \1，是不是 \2？"),
        (r"No such command (.*?)\.?", r"没有命令 \1"),
        (r"Got unexpected extra argument\S* (.*)", r"多出了 \1"),
        (r"Option (.*) requires an argument\.?", r"选项 \1 缺少内容"),
        (r"Option (.*) does not take a value\.?", r"选项 \1 后面不写内容"),
        (r"Option (.*) requires (\d+) arguments\.?", r"选项 \1 后面要写 \2 项"),
        (r"Argument (.*) takes (\d+) values\.?", r"参数 \1 要写 \2 项"),
        (r"Unable to parse input string as an integer, exceeded maximum size", "数太大"),
        (r"Input should be greater than or equal to (.*)", r"至少是 \1"),
        (r"Input should be less than or equal to (.*)", r"至多是 \1"),
        (r"Input should be a valid integer.*", "应是整数"),
        (r"(.*) is not one of (.*)\.", r"\1 不在这几种里：\2"),
        (r"(.*) does not match the formats? (.*)\.", r"\1 不合写法 \2"),
    )
)
_BAD_VALUE = re.compile(r"Invalid value for (.*?): (.*)", re.DOTALL)
# What the library says of its own workings, and what is meant.
_PLAIN = (("Value error, ", ""), ("formats '%Y-%m-%d'", "format YYYY-MM-DD"))


def fail_about(path: Path | str, error: OSError) -> NoReturn:
    """Say what is wrong with a file and end the program."""
    said = _WORDS.get(error.errno or 0)
    reason = words(*said) if said else str(error.strerror or error)
    fail(*(f"{path}{words('：', ': ')}{reason}",) * 2)


@contextmanager
def trouble_told(command: str = "points") -> Iterator[None]:
    """Give a sentence and an exit code for whatever is no fault of ours."""
    try:
        yield
    except KeyboardInterrupt:
        fail("\n已中断", "\nInterrupted.", code=INTERRUPTED)
    except BrokenPipeError:
        raise  # whoever read has had enough: the library ends quietly
    except typer.Abort:  # the input ended, or Ctrl-C, while something was asked
        fail("\n没有输入，什么也没有做", "\nNothing was typed, so nothing was done.")
    except OSError as error:
        fail_about(error.filename or command, error)
    except UnicodeError:  # bytes of another encoding, handed on by the shell as they were
        fail("写的不是 UTF-8 文字", "What was typed is no text in UTF-8.", code=MISUSED)
    except typer.TyperException as slip:
        slip.message = _plain(slip.message)
        if not speaks_chinese() or slip.message.startswith("用法："):
            raise
        help_at = f"{getattr(getattr(slip, 'ctx', None), 'command_path', command)} --help"
        told = f"{in_chinese(slip.format_message())}\n看写法：{help_at}"
        fail(told, told, code=MISUSED)


def in_chinese(slip: str) -> str:
    """Say what is wrong with options and arguments in Chinese, as far as there are words for it."""
    bad = _BAD_VALUE.fullmatch(slip)
    if bad:
        return f"{bad[1]} 的内容不对：{in_chinese(bad[2])}"
    for english, chinese in _SLIPS:
        found = english.fullmatch(slip)
        if found:
            return found.expand(chinese)
    return slip


def _plain(slip: str) -> str:
    for inner, meant in _PLAIN:
        slip = slip.replace(inner, meant)
    return slip
