"""Pages of help as people read them: in their language, and no line wider than the terminal.

The library that reads options writes its own words into them in English, breaks lines only at
spaces, and counts letters where a Chinese one is two columns wide.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import east_asian_width

import typer

from points.cli.words import Both, words

_HEADINGS: Mapping[str, Both] = {
    "Arguments": ("参数", "Arguments"),
    "Options": ("选项", "Options"),
    "Commands": ("命令", "Commands"),
}
_USAGE: Mapping[str, Both] = {
    "[OPTIONS]": ("[选项]", "[OPTIONS]"),
    "COMMAND": ("命令", "COMMAND"),
    "[ARGS]...": ("[参数]...", "[ARGS]..."),
}
_KINDS: Mapping[str, Both] = {
    "<str>": ("<文字>", "<text>"),
    "<list[str]>": ("<文字>...", "<text>..."),
    "<list[int]>": ("<整数>...", "<number>..."),
    "<int>": ("<整数>", "<number>"),
    "<int range>": ("<整数>", "<number>"),
    "<path>": ("<路径>", "<path>"),
    "<%Y-%m-%d>": ("<年-月-日>", "<YYYY-MM-DD>"),
}
_SENTENCES: Mapping[str, Both] = {
    "Show this message and exit.": ("显示这一页", "Show this message and exit.")
}
_NOTES: tuple[tuple[re.Pattern[str], Both], ...] = (
    (re.compile(r"required"), ("必填", "required")),
    (re.compile(r"default: (.*)"), (r"默认 \1", r"default: \1")),
    (re.compile(r"env var: (.*)"), (r"环境变量 \1", r"variable: \1")),
    (re.compile(r"(-?\d+)<=x<=(-?\d+)"), (r"\1 到 \2", r"\1 to \2")),
    (re.compile(r"x>=(-?\d+)"), (r"至少 \1", r"at least \1")),
    (re.compile(r"x<=(-?\d+)"), (r"至多 \1", r"at most \1")),
)
_NOTED = re.compile(r"(.*?)\s*\[([^\[\]]*)\]", re.DOTALL)

# A line breaks at a space or beside a Chinese letter, though never before what closes.
_CLOSING = "[，。；：！？、）」】]*"
_PIECE = re.compile(rf"\s+|(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef]){_CLOSING}")

_TERMS_MAX = 30
_GAP = 2

Formatter: Any = typer.Context.formatter_class  # named here alone by the library, in public


class Pages(Formatter):  # type: ignore[misc]  # what it extends has no public type
    """Writes a page of help."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        for said, meant in _USAGE.items():
            args = args.replace(said, words(*meant))
        super().write_usage(prog, args, prefix or words("用法：", "Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write what comes next."""
        said = words(*_HEADINGS.get(heading, (heading, heading)))
        self.write(f"{' ' * self.current_indent}{said}{words('：', ':')}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        room = self.width - self.current_indent
        for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
            self.write("\n" if number else "")
            for line in lines_of(paragraph, room):
                self.write(f"{' ' * self.current_indent}{line}\n")

    def write_dl(
        self,
        rows: Sequence[tuple[str, str]],
        col_max: int = _TERMS_MAX,
        col_spacing: int = _GAP,
    ) -> None:
        """Write names, and beside each what it is."""
        told = [(_kinds_told(term), _notes_told(said)) for term, said in rows]
        column = min(max((wide(term) for term, _ in told), default=0), col_max) + col_spacing
        room = max(self.width - self.current_indent - column, 10)
        margin = " " * self.current_indent
        for term, said in told:
            lines = list(lines_of(said, room)) or [""]
            if wide(term) + col_spacing > column:
                self.write(f"{margin}{term}\n")
                term = ""  # noqa: PLW2901 -- it has its own line
            for line in lines:
                self.write(f"{margin}{term}{' ' * (column - wide(term))}{line}".rstrip() + "\n")
                term = ""  # noqa: PLW2901 -- it stands on the first line alone


class Asked(typer.Context):
    """What a command was asked for; its help is written on our pages."""

    formatter_class = Pages


def on_our_pages(command: Any) -> None:  # noqa: ANN401 -- a type of typer's own
    """Let a command, or a group and all its commands, tell of themselves whole.

    In its group's list a command says its first paragraph; the library would cut it to a line.
    """
    command.context_class = Asked
    command.short_help = (command.help or "").partition("\n\n")[0]
    for part in getattr(command, "commands", {}).values():
        on_our_pages(part)


def wide(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def lines_of(paragraph: str, room: int) -> Iterator[str]:
    """Break a paragraph into lines, none wider than there is room."""
    line = ""
    for piece in _PIECE.findall(" ".join(paragraph.split())):
        if line and wide(line + piece.rstrip()) > room:
            yield line.rstrip()
            line = ""
        line += piece if line else piece.lstrip()
    if line:
        yield line.rstrip()


def _kinds_told(term: str) -> str:
    for said, meant in _KINDS.items():
        term = term.replace(said, words(*meant))
    return term


def _notes_told(said: str) -> str:
    said = words(*_SENTENCES.get(said, (said, said)))
    noted = _NOTED.fullmatch(said)
    if not noted:
        return said
    notes = (_note_told(one) for one in noted[2].split("; "))
    return f"{noted[1]} {words('【', '[')}{words('；', '; ').join(notes)}{words('】', ']')}".strip()


def _note_told(note: str) -> str:
    for english, both in _NOTES:
        found = english.fullmatch(note)
        if found:
            return found.expand(words(*both))
    return note
