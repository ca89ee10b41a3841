"""A camera made of pictures: Chromium takes a file of JPEGs for what its camera sees."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageFilter

from points.outside.qr_images import QUIET_ZONE, qr_modules

PICTURE = (1280, 720)
BARE = (320, 180)
FRAMES_PER_SECOND = 30  # what Chromium plays such a file at, round and round

_TABLE = (150, 140, 120)
_GAP = 24


@dataclass(frozen=True, slots=True)
class Scene:
    """What is held before the camera, and for how long."""

    texts: Sequence[str] = ()
    """What the QR codes say, side by side; none is a bare table."""
    seconds: float = 0.5
    pixels: int = 300
    """The size of a code in the picture, quiet zone included."""
    degrees: float = 0
    blur: float = 0
    light: float = 1
    """1 is daylight, 0 is night."""
    is_marked: bool = False
    """Whether it has a white corner, by which a measurement sees it come."""

    def jpeg(self, size: tuple[int, int] = PICTURE) -> bytes:
        """Draw it."""
        picture = Image.new("RGB", size, _TABLE)
        codes = [_draw(text, self.pixels, self.degrees) for text in self.texts]
        left = (size[0] - sum(code.width + _GAP for code in codes)) // 2
        for code in codes:
            picture.paste(code, (left, (size[1] - code.height) // 2))
            left += code.width + _GAP
        if self.is_marked:
            picture.paste((255, 255, 255), (0, 0, 40, 40))
        seen = picture.filter(ImageFilter.GaussianBlur(self.blur)).point(self._dim)
        written = BytesIO()
        seen.save(written, "JPEG", quality=85)
        return written.getvalue()

    def _dim(self, value: int) -> float:
        return value * self.light


NOTHING = Scene()


@dataclass(frozen=True, slots=True)
class Camera:
    """The file that a browser takes for its camera; whoever opens the camera sees what it holds."""

    file: Path

    @property
    def arguments(self) -> list[str]:
        """Give what tells Chromium to take it."""
        return [
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={self.file}",
        ]

    def show(self, *scenes: Scene) -> None:
        """Show these one after another, round and round, to whoever opens the camera next."""
        self._play(
            scene.jpeg() * max(1, round(scene.seconds * FRAMES_PER_SECOND)) for scene in scenes
        )

    def show_card(self, text: str) -> None:
        """Show a card again and again, with a bare table in between."""
        self.show(NOTHING, Scene([text]))

    def rest(self) -> None:
        """Show a bare table, in few pixels: a phone spends half a core on looking at many."""
        self._play([NOTHING.jpeg(BARE)])

    def _play(self, frames: Iterable[bytes]) -> None:
        # Renamed into place: a page may be looking at the old one.
        written = self.file.with_suffix(".new")
        written.write_bytes(b"".join(frames))
        written.replace(self.file)


def _draw(text: str, pixels: int, degrees: float) -> Image.Image:
    modules = qr_modules(text)
    side = len(modules) + 2 * QUIET_ZONE
    code = Image.new("L", (side, side), 255)
    for row, line in enumerate(modules):
        for column, is_dark in enumerate(line):
            if is_dark:
                code.putpixel((column + QUIET_ZONE, row + QUIET_ZONE), 0)
    large = code.resize((pixels, pixels), Image.Resampling.NEAREST).convert("RGB")
    return large.rotate(degrees, expand=True, fillcolor=_TABLE, resample=Image.Resampling.BICUBIC)
