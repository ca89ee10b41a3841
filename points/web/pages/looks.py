"""How a page is to look to whoever reads it: language, size of type, contrast.

Chosen by buttons that work without JavaScript, kept in a cookie that says nothing else.
"""

from dataclasses import dataclass, replace

from points.web.wording import Language, choose_language

COOKIE = "points_look"
_LARGE, _SUN = "large", "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was chosen."""

    language: Language
    is_large: bool = False
    is_sun: bool = False

    @property
    def kept(self) -> str:
        """Write it for the cookie."""
        chosen = [self.language.column, *[_LARGE] * self.is_large, *[_SUN] * self.is_sun]
        return "-".join(chosen)

    def changed(self, button: str) -> "Look":
        """Give what a button makes of it; what no button says changes nothing."""
        match button:
            case "large":
                return replace(self, is_large=not self.is_large)
            case "sun":
                return replace(self, is_sun=not self.is_sun)
            case "zh":
                return replace(self, language=Language.CHINESE)
            case "en":
                return replace(self, language=Language.ENGLISH)
        return self


def read_look(kept: str, accepted: str) -> Look:
    """Read what a browser kept, or what its language header says where it kept nothing."""
    language, *rest = kept.split("-")
    spoken = {one.column: one for one in Language}.get(language)
    if spoken is None:
        return Look(language=choose_language(accepted))
    return Look(language=spoken, is_large=_LARGE in rest, is_sun=_SUN in rest)
