"""What people are told before a household is noted, and which wording it was that they heard."""

from dataclasses import dataclass
from hashlib import sha256

from points.domain.programme import Programme

_OURS = "只登记居民区和楼号，用来记积分；不记姓名，不记电话。想删掉，随时找居委会。"
_OURS_EN = (
    "We note your community and building, only to keep your points; no name, no phone number. "
    "Your residents' committee removes it whenever you ask."
)
_VERSION_LENGTH = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A wording of the notice. Whoever agreed is remembered by its version."""

    version: str
    """Made of the words: others have another, and nobody has to count."""
    text: str
    text_en: str


def notice_of(programme: Programme) -> Notice:
    """Give the notice as the programme words it, or in our words."""
    text = programme.privacy_notice or _OURS
    text_en = programme.privacy_notice_en or ("" if programme.privacy_notice else _OURS_EN)
    words = f"{text}\n{text_en}".encode()
    return Notice(version=sha256(words).hexdigest()[:_VERSION_LENGTH], text=text, text_en=text_en)
