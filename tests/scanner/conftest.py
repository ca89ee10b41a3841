"""A service on a real port, a camera made of pictures, and phones that look through it."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import launched
from tests.live import Live, go_live_on_copy
from tests.scanner.camera import NOTHING, Camera
from tests.scanner.phone import SIZE, Phone


@pytest.fixture(scope="module")
def camera(tmp_path_factory: pytest.TempPathFactory) -> Camera:
    """The camera of this module's phones; it sees nothing until it is shown something."""
    made = Camera(tmp_path_factory.mktemp("camera") / "sees.mjpeg")
    made.show(NOTHING)
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
def phone(phones: Browser, live: Live) -> Iterator[Phone]:
    """A phone that may use its camera; nothing may happen on it that never should."""
    with ExitStack() as stack:
        context = phones.new_context(viewport=SIZE, locale="zh-CN", has_touch=True, is_mobile=True)
        stack.callback(context.close)
        context.grant_permissions(["camera"], origin=live.address)
        made = Phone(context, live.address)
        yield made
        made.check()
