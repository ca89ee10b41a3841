"""What findings and gaps say to people: one sentence for each code, in Chinese and in English."""

from collections.abc import Mapping
from enum import StrEnum

from points.domain.chain import instant_of
from points.domain.findings import About, Code, Finding, Gap, GapReason
from points.domain.periods import spelled

_INSTANTS = frozenset(
    {
        Code.BATCH_TIME,
        Code.ACCOUNT_TIME,
        Code.LOT_EXPIRY,
        Code.SPENT_AFTER_EXPIRY,
        Code.EXPIRED_TOO_EARLY,
        Code.CLOCK_BEHIND,
    }
)
"""What is compared there are instants, in microseconds."""


class Language(StrEnum):
    """Languages that findings are told in."""

    ZH = "zh"
    EN = "en"


def say_finding(finding: Finding, language: Language = Language.ZH) -> str:
    """Say a finding in one line."""
    place = 0 if language is Language.ZH else 1
    names = ", ".join(f"{NAMES[name][place]} {value}" for name, value in finding.about.items())
    expected, found = (("应为", "实为"), ("expected", "found"))[place]
    told = SENTENCES[finding.code][place]
    told += f" [{names}]" if names else ""
    if finding.expected is not None:
        told += f" {expected} {_spelled(finding.code, finding.expected)}"
    if finding.found is not None:
        told += f" {found} {_spelled(finding.code, finding.found)}"
    return told


def say_gap(gap: Gap, language: Language = Language.ZH) -> str:
    """Say a gap in one line."""
    told = GAP_SENTENCES[gap.reason][0 if language is Language.ZH else 1]
    return f"{told} [{gap.stage}] {gap.details}".rstrip()


def _spelled(code: Code, value: About) -> About:
    """Write an instant so that people can read it, unless no calendar knows it."""
    if code not in _INSTANTS or not isinstance(value, int):
        return value
    try:
        return spelled(instant_of(value))
    except OverflowError:
        return value


NAMES: Mapping[str, tuple[str, str]] = {
    "account": ("账户", "account"),
    "allowance": ("代领卡", "allowance"),
    "anchor": ("锚点", "anchor"),
    "batch": ("批次", "batch"),
    "card": ("卡", "card"),
    "case": ("事项", "case"),
    "chain": ("链", "chain"),
    "column": ("列", "column"),
    "file": ("文件", "file"),
    "household": ("户", "household"),
    "key": ("请求号", "key"),
    "line": ("分录行", "line"),
    "lot": ("积分批", "lot"),
    "lots": ("积分批数", "lots"),
    "operation": ("操作", "operation"),
    "original": ("原操作", "original"),
    "reference": ("事实", "reference"),
    "row": ("行", "row"),
    "scope": ("凭证", "credential"),
    "setting": ("设置", "setting"),
    "side": ("对方账户", "side"),
    "slip": ("积分支票", "slip"),
    "table": ("表", "table"),
    "trigger": ("触发器", "trigger"),
}

SENTENCES: Mapping[Code, tuple[str, str]] = {
    Code.BATCH_MISSING: ("批次编号不连续", "a batch is missing from its chain"),
    Code.BATCH_UNLINKED: (
        "批次与前一批次的哈希不相接",
        "a batch does not follow the one before it",
    ),
    Code.BATCH_CHANGED: (
        "批次哈希不符：其中的操作或分录被改动",
        "a batch, its operations or their entries were changed after it was sealed",
    ),
    Code.BATCH_TIME: ("批次时间没有递增", "a batch is not later than the one before it"),
    Code.CHAIN_HEAD: (
        "链首与最后批次不符：末尾可能被删",
        "a chain's head is not its last batch: its end may have been cut off",
    ),
    Code.CHAIN_MISSING: ("链首记录缺失", "a chain has no head"),
    Code.OPERATION_MISSING: ("批次中缺少操作", "an operation is missing from its batch"),
    Code.OPERATION_UNSEALED: ("操作不属于任何批次", "an operation stands in no batch"),
    Code.OPERATION_MISPLACED: (
        "操作所记的链、批次或时间与其批次不符",
        "an operation names another chain, batch or instant than its batch",
    ),
    Code.HEAD_LOST: ("已公布的链首不在账本中", "a published head is no longer in the book"),
    Code.ANCHOR_INVALID: (
        "锚点无法读取，或编号不连续",
        "published heads cannot be read, or are missing",
    ),
    Code.REQUEST_MISSING: ("操作没有对应的请求", "an operation has no request"),
    Code.REQUEST_STRAY: ("已受理的请求没有对应的操作", "an accepted request has no operation"),
    Code.REQUEST_DIFFERS: ("请求与其操作不一致", "a request differs from its operation"),
    Code.REQUEST_BODY: (
        "请求内容与其指纹或操作不符",
        "what was asked differs from its fingerprint or its operation",
    ),
    Code.REFUSAL_INVALID: (
        "被拒请求的记录无效，或其批次没有记载",
        "a refused request is not written as one, or its batch does not note it",
    ),
    Code.ENTRY_STRAY: ("分录没有对应的操作", "an entry has no operation"),
    Code.ENTRY_LINE: ("操作的分录行号不连续", "an operation's lines have a gap"),
    Code.ENTRY_NOT_ALLOWED: (
        "此类操作不应有这样的分录",
        "an entry is not of the kind that its operation may have",
    ),
    Code.ENTRIES_MISSING: ("操作缺少应有的分录", "an operation lacks entries that it must have"),
    Code.OPERATION_POINTS: (
        "操作的积分与分录不符",
        "an operation's points differ from its entries",
    ),
    Code.OPERATION_EXPIRED: (
        "操作的过期积分与分录不符",
        "an operation's expired points differ from its entries",
    ),
    Code.OPERATION_QUANTITY: (
        "操作的数量与分录不符",
        "an operation's quantity differs from its entries",
    ),
    Code.OPERATION_BALANCE: (
        "操作后的余额与分录不符",
        "the balance after an operation differs from its entries",
    ),
    Code.OPERATION_DAY: ("操作的日期与时间不符", "an operation's day does not hold its instant"),
    Code.OPERATION_REFERENCE: (
        "操作所述事实与其内容不符",
        "an operation states another fact than it is",
    ),
    Code.REFERENCE_REPEATED: ("同一事实记了多次", "the book holds the same fact more than once"),
    Code.LIMIT_EXCEEDED: ("超过活动或奖品的限额", "an activity's or reward's limit is exceeded"),
    Code.SEQUENCE_BROKEN: (
        "账户分录序号有缺或重复",
        "an account's entries have a gap, a repetition or another order",
    ),
    Code.ACCOUNT_BALANCE: ("账户余额与分录不符", "an account's balance differs from its entries"),
    Code.ACCOUNT_VERSION: ("账户版本与分录数不符", "an account's version differs from its entries"),
    Code.ACCOUNT_TIME: (
        "账户的最后时间与分录不符",
        "an account's last instant differs from its entries",
    ),
    Code.ACCOUNT_MISSING: ("有分录的账户没有记录", "an account with entries has no row"),
    Code.ACCOUNT_UNKNOWN: ("账户种类或归属不明", "an account is of no known kind, or nobody's"),
    Code.ACCOUNT_NEGATIVE: ("账户曾低于零", "an account went below zero"),
    Code.ACCOUNT_ABOVE_MAX: ("数额超过上限", "an amount or balance is above what is possible"),
    Code.CONSERVATION: ("总账不平", "what went out and what came in differ in all"),
    Code.LOT_MISSING: ("分录所涉积分批没有记录", "a lot that entries name has no row"),
    Code.LOT_UNKNOWN: ("积分批没有来源分录", "a lot was made by no entry"),
    Code.LOT_OVERDRAWN: ("积分批取用超出", "more was taken from or put into a lot than it holds"),
    Code.LOT_ACCOUNT: ("积分批所属账户不符", "a lot lies in another account than its entry says"),
    Code.LOT_AMOUNT: ("积分批数额与分录不符", "a lot's amount differs from its entry"),
    Code.LOT_REMAINING: ("积分批余数与分录不符", "what is left of a lot differs from its entries"),
    Code.LOT_EXPIRED: (
        "积分批过期数与分录不符",
        "what expired of a lot differs from its entries",
    ),
    Code.LOT_ORIGIN: ("积分批的来源批不符", "a lot names another origin than its points have"),
    Code.LOT_EXPIRY: ("积分批到期时间与规则不符", "a lot ends at another instant than it must"),
    Code.LOT_SUM: ("积分批余数之和与余额不符", "a wallet's lots do not add up to its balance"),
    Code.SPENT_AFTER_EXPIRY: ("到期后仍被使用", "points were spent after they had ended"),
    Code.EXPIRED_TOO_EARLY: ("未到期即作过期", "points were taken as expired before they had"),
    Code.UNDO_UNKNOWN: ("撤销的操作不存在", "what was undone is not in the book"),
    Code.UNDO_TWICE: ("操作被撤销多次", "an operation was undone more than once"),
    Code.UNDO_OF_UNDO: ("撤销了不可撤销的操作", "an operation that cannot be undone was undone"),
    Code.UNDO_BEFORE: ("撤销早于原操作", "an undo stands before what it undoes"),
    Code.UNDO_HOUSEHOLD: ("撤销与原操作不属同一户", "an undo is of another household"),
    Code.UNDO_NOT_MIRRORED: ("撤销分录与原操作不对应", "an undo does not mirror its original"),
    Code.MERGE_NOT_MIRRORED: ("并户分录两侧不对应", "a merge does not move lots as they were"),
    Code.HOUSEHOLD_MERGED: ("户的合并记录与账本不符", "a household's merge differs from the book"),
    Code.SLIP_MISSING: ("已签发的积分支票没有记录", "a slip that was issued has no row"),
    Code.SLIP_UNKNOWN: ("积分支票没有签发操作", "a slip was never issued"),
    Code.SLIP_DIFFERS: ("积分支票与账本不符", "a slip differs from the book"),
    Code.GIFT_DIFFERS: (
        "送出的分与收到的分不符",
        "what was given differs from what was received",
    ),
    Code.ALLOWANCE_DIFFERS: (
        "代领卡的约定或花掉的分与账本不符",
        "an allowance, or what was spent of it, differs from the book",
    ),
    Code.CODE_DIFFERS: (
        "一次性兑换码被改动，或其使用与账本不符",
        "a one-time code was changed, or its use differs from the book",
    ),
    Code.PIN_DIFFERS: (
        "户密码的记录被改动",
        "what is kept of a household's PIN was changed",
    ),
    Code.CASE_MISSING: ("该由人处理的没有事项", "what a person must settle has no case"),
    Code.CASE_DIFFERS: ("事项与账本不符", "a case differs from the book"),
    Code.SETTLEMENT_DIFFERS: (
        "事项的处理与账本不符",
        "how a case was settled differs from the book",
    ),
    Code.NOT_A_NUMBER: ("应为整数的值不是整数", "a value that must be a whole number is not"),
    Code.KEY_BROKEN: ("外键指向不存在的行", "a row points to one that does not exist"),
    Code.TRIGGER_MISSING: (
        "防改触发器缺失或停用",
        "a trigger that forbids changes is missing or off",
    ),
    Code.DATABASE_DAMAGED: ("数据库文件损坏", "the database itself is damaged"),
    Code.DATABASE_UNSAFE: ("数据库设置可能丢失数据", "the database is set to forget commits"),
    Code.LOTS_OVERDUE: ("有到期已久而未清的积分", "points that ended long ago were not swept"),
    Code.CLOCK_BEHIND: ("账本时间晚于当前时钟", "the book is ahead of the clock"),
    Code.DATABASE_OLD: ("数据库版本有已知缺陷", "this version of the database has a known bug"),
    Code.CHECKSUMS_OFF: ("数据库未启用页校验", "the database does not check its pages"),
}

GAP_SENTENCES: Mapping[GapReason, tuple[str, str]] = {
    GapReason.DATABASE_FAILED: ("数据库出错，检查未完成", "the database failed before the end"),
    GapReason.UNREADABLE: ("有值无法读取，检查未完成", "a value could not be read"),
    GapReason.KIND_UNKNOWN: ("有未知种类的操作", "an operation is of a kind unknown here"),
    GapReason.SCHEMA_UNKNOWN: (
        "数据库结构版本与本程序不同",
        "the tables are of another version than this program",
    ),
    GapReason.INTERRUPTED: ("检查被中断", "the check was interrupted"),
    GapReason.SKIPPED: (
        "所依据的检查未完成，未检查",
        "not checked, for a check that it builds on was not finished",
    ),
}
