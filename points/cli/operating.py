"""Every command of `points`, put together. Each is loaded when it is asked for, and not before.

So a booth's commands begin without loading the service itself, and help is there at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from inspect import cleandoc
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group_from_info
from typer.models import TyperInfo

from points.cli.chinese import translate
from points.cli.help_pages import Asked, on_our_pages
from points.cli.trouble import trouble_told
from points.cli.words import Both, speaks_chinese, words

ABOUT: Both = (
    """垃圾分类积分：从一个展位到一座城市，一本账。

    退出码：0 办成，1 被拒或连不上，2 写法不对，130 被中断。""",
    """Points for sorting waste (垃圾分类积分): one book for a booth or a city.

    Exit codes: 0 done, 1 refused or out of reach, 2 cannot be asked like this, 130 interrupted.""",
)

VERSION: Both = ("显示版本", "Show the release and exit.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is: the module and its `typer` app, and whether all of the app is meant."""

    zh: str
    en: str
    module: str
    app: str = "app"
    is_group: bool = False


SECTIONS: Mapping[Both, Mapping[str, Place]] = {
    ("试用与运行", "Try and serve"): {
        "start": Place(
            "备好一切并运行，带演示方案，当作今天",
            "Prepare everything and serve the demo, as if its day were today.",
            "points.cli.serving",
        ),
        "serve": Place(
            "运行服务，直到 Ctrl-C 或 SIGTERM",
            "Serve the API until Ctrl-C or SIGTERM.",
            "points.cli.serving",
        ),
        "migrate": Place(
            "建表，或升级到这个版本",
            "Make the tables, or bring them up to date.",
            "points.cli.serving",
        ),
    },
    ("设置", "Set up"): {
        "programme": Place(
            "方案：活动、展位、规则、奖品",
            "The programme: events, booths, rules and rewards.",
            "points.cli.programme",
            is_group=True,
        ),
        "cards": Place(
            "积分卡：印制、挂失、换卡、绑定",
            "Print, freeze, replace and bind cards.",
            "points.cli.people",
            "cards_app",
            is_group=True,
        ),
        "allowances": Place(
            "代领：让别人花一部分分",
            "Let somebody spend some of a household's points.",
            "points.cli.allowances",
            is_group=True,
        ),
        "slips": Place(
            "积分条：印制空白的",
            "Print blank points slips.",
            "points.cli.slips",
            is_group=True,
        ),
        "people": Place(
            "个人信息：告知书、导出、删除",
            "Personal data: the notice, what is kept, erasing it.",
            "points.cli.privacy",
            is_group=True,
        ),
        "statement": Place(
            "存折：把一户的账印在纸上",
            "Print a household's statement as a paper passbook.",
            "points.cli.statement",
            is_group=True,
        ),
        "households": Place(
            "住户：导入、查看、合并",
            "Import, show and merge households.",
            "points.cli.people",
            "households_app",
            is_group=True,
        ),
        "devices": Place(
            "展位的手机",
            "Phones of booths.",
            "points.cli.access",
            "devices_app",
            is_group=True,
        ),
        "keys": Place(
            "合作单位的密钥",
            "Keys of partners.",
            "points.cli.access",
            "keys_app",
            is_group=True,
        ),
        "stock": Place(
            "展位上的货",
            "Goods at booths.",
            "points.cli.stock",
            is_group=True,
        ),
        "quiz": Place(
            "分类问答的题目",
            "The list of the sorting quiz.",
            "points.cli.quiz",
            is_group=True,
        ),
    },
    ("在展位上", "At a booth"): {
        "scan": Place("扫卡加分", "Award points to cards.", "points.cli.booth"),
        "redeem": Place("用分换东西", "Hand goods over for points.", "points.cli.booth"),
        "undo": Place(
            "撤销自己的一次扫卡或兑换",
            "Take one's own scan or redemption back.",
            "points.cli.booth",
        ),
        "balance": Place(
            "查余额和快到期的分",
            "Tell what a household can spend, and what ends soon.",
            "points.cli.booth",
        ),
    },
    ("账务", "Keep the book"): {
        "events": Place(
            "结束活动：先交代清楚每台手机",
            "Close events, once every phone is accounted for.",
            "points.cli.events",
            is_group=True,
        ),
        "queues": Place(
            "手机存成文件的待传记录",
            "Queues that phones saved as files.",
            "points.cli.queues",
            is_group=True,
        ),
        "adjust": Place("更正一户的积分", "Put a household's balance right.", "points.cli.keeping"),
        "give": Place(
            "把一户的分送给另一户，或公共积分池",
            "Give points of one household to another, or to the community's pool.",
            "points.cli.gifts",
        ),
        "take-back": Place(
            "撤销任何人的任何一笔",
            "Undo anybody's operation, however old.",
            "points.cli.keeping",
        ),
        "share-out": Place(
            "结清一栋楼的清理活动",
            "Close a building's clean-up and pay everyone who checked in.",
            "points.cli.keeping",
        ),
        "slip": Place("开积分支票", "Issue one-time slips worth points.", "points.cli.keeping"),
        "sweep": Place("清理到期的分", "Expire what has ended.", "points.cli.keeping"),
        "cases": Place(
            "要人处理的事项",
            "What a person must settle: overspent, in doubt, lost.",
            "points.cli.cases",
            is_group=True,
        ),
        "exposure": Place(
            "全部断网最多损失多少",
            "What can be lost if every booth loses the network now.",
            "points.cli.exposure",
        ),
        "clock": Place(
            "核对时钟", "Hold the machine's clock against the book.", "points.cli.keeping"
        ),
    },
    ("核对与备份", "Prove and keep safe"): {
        "verify": Place(
            "从第一笔起核对全部账目",
            "Check the whole book, from its first line.",
            "points.cli.proving",
        ),
        "rebuild": Place(
            "由账目重算余额",
            "Restore balances from the book.",
            "points.cli.proving",
        ),
        "heads": Place(
            "公布链头，以后对照",
            "Publish the heads of chains, and hold the book to them.",
            "points.cli.proving",
            "heads_app",
            is_group=True,
        ),
        "backup": Place(
            "备份，服务不用停",
            "Copy a SQLite book into a file while the service goes on.",
            "points.cli.backing_up",
        ),
        "restore": Place(
            "恢复备份",
            "Make a backup the book again.",
            "points.cli.backing_up",
        ),
    },
}

_PLACES = {name: place for section in SECTIONS.values() for name, place in section.items()}


class Commands(TyperGroup):
    """The commands, known by name; only one that is run, or asked for help, is loaded."""

    context_class = Asked

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 -- whatever typer hands on
        """Know their names."""
        super().__init__(**attributes)
        self.help = cleandoc(words(*ABOUT))
        version_asked: Any = self.params[0]
        version_asked.help = words(*VERSION)
        self.commands = {name: TyperCommand(name=name) for name in _PLACES}

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 -- types of typer's own
        """Load a command."""
        del ctx
        return load_command(cmd_name) if cmd_name in _PLACES else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 -- the same
        """List all commands by what they are for, without loading any."""
        del ctx
        for title, places in SECTIONS.items():
            with formatter.section(words(*title)):
                formatter.write_dl(
                    [(name, words(place.zh, place.en)) for name, place in places.items()]
                )

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 -- the same
        """Run a command, and tell its trouble in a sentence."""
        with trouble_told():
            return super().invoke(ctx)


def load_command(name: str) -> Any:  # noqa: ANN401 -- a type of typer's own
    """Load a command or a group of them, in the terminal's language."""
    place = _PLACES[name]
    group = get_group_from_info(
        TyperInfo(getattr(import_module(place.module), place.app)),
        pretty_exceptions_short=True,
        rich_markup_mode=None,
        suggest_commands=True,
    )
    found = group if place.is_group else group.commands[name]
    found.name = name
    if speaks_chinese():
        translate(found, name)
    on_our_pages(found)
    return found


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they show locals, and one may be a code or a token
)


def _tell_version(is_asked: bool) -> None:  # noqa: FBT001 -- a flag's callback
    if is_asked:
        print(f"points {version('points')}")
        raise typer.Exit


@app.callback()
def points(
    *,
    is_version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help=VERSION[1]),
    ] = False,
) -> None:
    """Say what this is; the words are those of `ABOUT`."""
    del is_version
