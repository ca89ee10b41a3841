"""Why the desk could not do it, and what is wrong with a list, in both languages.

The book's own refusals are worded for everyone in `points/web/wording.toml`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NoReturn, TypeVar

from points.cli.words import Both, fail, speaks_chinese, words
from points.domain.desk import DeskFault, NotDone
from points.domain.outcomes import Refusal
from points.domain.sheets import Column, RowFault, RowReason
from points.web.copies import CopyWords
from points.web.wording import Language, Tongue, say

Result = TypeVar("Result")

DESK: Mapping[DeskFault, Both] = {
    DeskFault.CARD_BOUND: ("这张卡已经是另一户的", "the card belongs to another household already"),
    DeskFault.CARD_USED: (
        "新卡已经有积分或记录，请先合并两户",
        "the new card has been used already; merge the two households first",
    ),
    DeskFault.SAME_CARD: ("这是同一张卡", "this is the same card"),
    DeskFault.DOOR_INVALID: ("门牌号写得不对", "the door cannot be written like this"),
    DeskFault.NAME_INVALID: ("姓名写得不对", "the name cannot be written like this"),
    DeskFault.NAME_DIFFERS: (
        "这一户登记的是另一个姓名",
        "another name is known at this door",
    ),
    DeskFault.COMMUNITY_UNKNOWN: ("方案里没有这个居民区", "the programme has no such community"),
    DeskFault.NOTICE_UNKNOWN: ("没有这一版告知书", "no notice has this version"),
    DeskFault.CONSENT_NEEDED: ("要先看告知书并同意", "the notice must be agreed to first"),
    DeskFault.KEY_REUSED: ("这个编号用过了，内容不一样", "this id was used for something else"),
    DeskFault.CODE_UNKNOWN: ("短码不对，或者已经过期", "no code says this, or it has ended"),
    DeskFault.CODE_LOCKED: ("短码试得太多，请过一刻钟再来", "too many codes tried; wait a while"),
    DeskFault.LAST_CARD: ("一户至少要留一张能用的卡", "a household keeps at least one card"),
    DeskFault.INTO_ANONYMOUS: (
        "请反过来合并：有门牌的一户要留下",
        "merge them the other way round: the household with a door must stay",
    ),
    DeskFault.CHECK_INS_CHANGED: (
        "正好又有人签到，请再做一次",
        "somebody checked in at that very moment; do it again",
    ),
    DeskFault.EVENT_UNKNOWN: ("方案里没有这个活动", "the programme has no such event"),
    DeskFault.BOOTH_NEEDED: ("请说明是几号展位", "say which booth"),
    DeskFault.BOOTH_DOES_NOT_REDEEM: ("这个展位不兑换", "this booth does not hand goods out"),
    DeskFault.ROLE_INVALID: ("没有这种角色", "there is no such role"),
    DeskFault.CREDENTIAL_UNKNOWN: ("没有这个设备或密钥", "there is no such device or key"),
    DeskFault.CASE_UNKNOWN: ("没有这个事项", "there is no such case"),
    DeskFault.CASE_SETTLED: ("已经处理过了", "it is settled already"),
    DeskFault.DECISION_UNFIT: ("这类事项不能这样处理", "a case of this kind is not settled so"),
    DeskFault.FORGIVING_LIMITED: ("欠得太多，不能全免", "more is owed than one case may forgive"),
    DeskFault.NOTHING_OWED: ("已经不欠了", "nothing is owed any more"),
    DeskFault.REASON_NEEDED: ("请写明谁负责、为什么", "say who answers for this, and why"),
    DeskFault.EVENT_NOT_CLOSED: ("这个活动没有结束", "the event is not closed"),
    DeskFault.ALLOWANCE_INVALID: ("分数或日期不对", "the points or the day cannot be so"),
    DeskFault.ALLOWANCE_UNKNOWN: ("这一户没有这张代领卡", "the household has no such allowance"),
    DeskFault.TOO_MANY_ALLOWANCES: ("代领卡太多了，先停掉一张", "too many; end one first"),
    DeskFault.PIN_INVALID: (
        "密码要六位数字，不能全一样，也不能顺着数",
        "a PIN is six digits, not all the same and not in order",
    ),
    DeskFault.PIN_UNSET: ("还没有设密码，请到服务台", "there is no PIN yet; set one at the desk"),
    DeskFault.PIN_ALREADY_SET: ("这一户已经有密码", "the household has a PIN already"),
    DeskFault.TOO_MANY_CODES: ("刚刚出了太多码，过一分钟再来", "too many codes; wait a minute"),
    DeskFault.INVITE_UNKNOWN: ("没有这个邀请", "there is no such invite"),
    DeskFault.INVITE_EXPIRED: ("邀请过期了", "the invite has ended"),
    DeskFault.INVITE_USED: ("另一台手机用过这个邀请", "another phone has used the invite"),
    DeskFault.INVITE_LOCKED: ("试的次数太多，邀请已锁", "the invite is locked: too many tries"),
    DeskFault.TOKEN_TAKEN: ("这个令牌用过了", "the token was used before"),
    DeskFault.TOKEN_REPLACED: ("这个令牌已经换新", "the token was replaced by a newer one"),
}

ROW: Mapping[RowReason, Both] = {
    RowReason.NOT_A_TABLE: (
        "不是能读的表格：坏了、带密码，或是旧的 .xls。请去掉密码，另存为 .xlsx 或 .csv",
        "no table: damaged, locked or an old .xls; save it as .xlsx or .csv, without a password",
    ),
    RowReason.ENCODING_UNKNOWN: (
        "文字编码认不出。请存成 UTF-8",
        "the text cannot be read; save it as UTF-8",
    ),
    RowReason.BROKEN_TABLE: ("表格打不开，可能坏了", "the table is damaged"),
    RowReason.TOO_LARGE: ("表格太大", "the table is too large"),
    RowReason.EMPTY_LIST: ("表里没有内容", "the list is empty"),
    RowReason.COLUMN_MISSING: ("缺少这一列", "this column is missing"),
    RowReason.COLUMN_TWICE: ("这一列出现了两次", "this column is there twice"),
    RowReason.TOO_MANY_CELLS: ("这一行的格子比表头多", "this row has more cells than the header"),
    RowReason.COMMUNITY_MISSING: ("没有写居民区", "no community is written"),
    RowReason.COMMUNITY_UNKNOWN: ("方案里没有这个居民区", "the programme has no such community"),
    RowReason.COMMUNITY_AMBIGUOUS: (
        "不止一个居民区叫这个名字",
        "more than one community has this name",
    ),
    RowReason.DOOR_MISSING: ("没有写门牌", "no door is written"),
    RowReason.TOO_LONG: ("太长了", "this is too long"),
    RowReason.CONTROL_CHARACTER: ("有看不见的字符", "there is an invisible character in it"),
    RowReason.FORMULA: ("像公式，不能用", "this looks like a formula"),
    RowReason.DATE: (
        "被表格改成了日期。请把这一列设为文本",
        "the spreadsheet made a date of it; format the column as text",
    ),
    RowReason.ERROR_VALUE: ("格子里是错误值", "the cell holds an error"),
    RowReason.NUMBER_INVALID: ("卡号不对，请核对九位数字", "the card number is not right"),
    RowReason.TOO_MANY_CARDS: ("一行里的卡太多", "one row names too many cards"),
    RowReason.CARD_UNKNOWN: ("没有这张卡", "there is no such card"),
    RowReason.CARD_STOPPED: ("这张卡已挂失或已换新", "the card is frozen or was replaced"),
    RowReason.CARD_BOUND: ("这张卡已经是另一户的", "the card belongs to another household"),
    RowReason.DUPLICATE_IN_FILE: ("表里前面已经有了", "an earlier row says this already"),
    RowReason.DIFFERS_FROM_DATABASE: ("与已登记的姓名不同", "another name is known here"),
}

_COLUMNS: Mapping[Column, Both] = {
    Column.COMMUNITY: ("居民区", "community"),
    Column.DOOR: ("门牌", "door"),
    Column.NAME: ("姓名", "name"),
    Column.CARDS: ("卡号", "cards"),
}


def done(result: Result | NotDone) -> Result:
    """Give what was done; where nothing was, say why and end."""
    if isinstance(result, NotDone):
        _give_up(result)
    return result


def _give_up(not_done: NotDone) -> NoReturn:
    told = with_code(not_done.reason, not_done.details)
    fail(told, told)


def with_code(reason: DeskFault | Refusal, details: Mapping[str, int | str]) -> str:
    """Say a reason in the terminal's language, with its code and figures for whoever asks."""
    figures = "".join(f" {name}={value}" for name, value in details.items())
    said = word(reason, details)
    return words(f"{said}（{reason}{figures}）", f"{said} ({reason}{figures})")


def word(reason: DeskFault | Refusal, details: Mapping[str, int | str]) -> str:
    """Say a reason in the terminal's language."""
    return words(*DESK[reason]) if isinstance(reason, DeskFault) else worded(reason, details)


def copy_words() -> CopyWords:
    """Speak of codes as the terminal's user reads them."""
    return CopyWords(Language.CHINESE if speaks_chinese() else Language.ENGLISH)


def worded(name: str, details: Mapping[str, int | str]) -> str:
    """Say what has its sentence with everything else that the service says to people."""
    language = Language.CHINESE if speaks_chinese() else Language.ENGLISH
    long_ago = datetime.fromtimestamp(0, UTC)  # so that instants are always said with their day
    here = datetime.now().astimezone().tzinfo or UTC
    return say(name, details, Tongue(language, here, long_ago))


def word_row(fault: RowFault) -> str:
    """Say what is wrong with a row."""
    column = f" {words(*_COLUMNS[fault.column])}" if fault.column is not None else ""
    details = "".join(f" {name}={value}" for name, value in fault.details.items())
    reason = words(*ROW[fault.reason])
    return words(
        f"第 {fault.row} 行{column}：{reason}（{fault.reason}{details}）",
        f"row {fault.row}{column}: {reason} ({fault.reason}{details})",
    )
