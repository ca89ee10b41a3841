"""A service on a real port, a camera made of pictures, and phones that look through it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from points.domain.access import Role
from tests.browser import launched
from tests.live import Live, go_live_on_copy
from tests.scanner.booth import Booth
from tests.scanner.camera import Camera
from tests.scanner.phone import SIZE, Phone

PhoneAt = Callable[..., Phone]
NewPhone = Callable[..., Phone]
Pair = Callable[..., Booth]


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """The camera of this module's phones; it sees nothing until it is shown something."""
    made = Camera(tmp_path_factory.mktemp("camera") / "sees.mjpeg")
    made.rest()
    return made


@pytest.fixture(scope="module")
def phones(camera: Camera) -> Iterator[Browser]:
    """What every phone of this module runs in; in place of `browser`, never beside it."""
    with launched(*camera.arguments) as chromium:
        yield chromium


@pytest.fixture
def live(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Live]:
    """The market day on a port of its own."""
    with go_live_on_copy(migrated_sqlite, tmp_path) as running:
        yield running


@pytest.fixture
def phone_at(phones: Browser) -> Iterator[PhoneAt]:
    """Phones that may use their cameras; nothing may happen on them that never should."""
    with ExitStack() as stack:

        def make(address: str, locale: str = "zh-CN") -> Phone:
            context = phones.new_context(
                viewport=SIZE, locale=locale, has_touch=True, is_mobile=True
            )
            stack.callback(context.close)
            context.grant_permissions(["camera"], origin=address)
            made.append(Phone(context, address))
            return made[-1]

        made: list[Phone] = []
        yield make
        for phone in made:
            phone.check()


@pytest.fixture
def new_phone(phone_at: PhoneAt, live: Live) -> NewPhone:
    """Phones of the market day."""
    return partial(phone_at, live.address)


@pytest.fixture
def phone(new_phone: NewPhone) -> Phone:
    """One phone."""
    return new_phone()


@pytest.fixture
def pair(new_phone: NewPhone, live: Live, camera: Camera) -> Pair:
    """Phones at their booths, each time another one."""
    camera.rest()

    def paired(booth: int = 1, role: Role = Role.EARN) -> Booth:
        return Booth.paired(new_phone(), live, booth=booth, role=role)

    return paired
