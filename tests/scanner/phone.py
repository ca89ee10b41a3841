"""A volunteer's phone: a Chromium of its size that tells of everything that should not happen."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page, Request, ViewportSize, expect

SIZE: ViewportSize = {"width": 360, "height": 740}

_WATCH_POLICY = """
window.brokenPolicies = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.brokenPolicies.push(`${event.effectiveDirective}: ${event.blockedURI}`);
});
"""


@dataclass  # no slots: Playwright leaves a mark on whose methods it calls
class Phone:
    """A phone on the scanner's page."""

    context: BrowserContext
    address: str
    page: Page = field(init=False)
    strangers: list[str] = field(default_factory=list)
    """Addresses that were asked for and are not the service's."""
    errors: list[str] = field(default_factory=list)
    """What scripts did not catch."""

    def __post_init__(self) -> None:
        self.context.add_init_script(_WATCH_POLICY)
        self.context.on("request", self._asked)
        self.context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.page = self.context.new_page()

    def open(self, path: str = "/scan/") -> None:
        """Open the scanner."""
        self.page.goto(f"{self.address}{path}")

    def open_for_good(self) -> None:
        """Open the scanner and wait until it would open without a network."""
        self.open()
        self.wait_until_kept()

    def wait_until_kept(self) -> None:
        """Wait until the scanner would open without a network."""
        # Not by wait_for_function: that one polls by eval, which the page's policy forbids.
        self.tell(
            """new Promise((resolve) => {
              if (navigator.serviceWorker.controller !== null) resolve();
              navigator.serviceWorker.addEventListener("controllerchange", () => resolve());
            })"""
        )

    def fetch_update(self) -> None:
        """Ask for a newer version of the scanner, and wait until it is there and waits."""
        self.tell(
            """(async () => {
              const registration = await navigator.serviceWorker.ready;
              await registration.update();
              const worker = registration.installing ?? registration.waiting;
              while (worker.state === "installing") {
                await new Promise((resolve) => { worker.onstatechange = resolve; });
              }
            })()"""
        )

    def close_for_update(self) -> None:
        """Close the scanner, and wait until the version that waits has taken its place."""
        self.page.close()
        self.page = self.context.new_page()
        self.page.goto(f"{self.address}/readyz")
        self.tell(
            """(async () => {
              const registration = await navigator.serviceWorker.getRegistration("/scan/");
              const worker = registration.waiting ?? registration.active;
              while (worker.state !== "activated") {
                await new Promise((resolve) => { worker.onstatechange = resolve; });
              }
            })()"""
        )

    def expect_camera(self, state: str = "on") -> None:
        """Wait until the camera is in this state."""
        expect(self.page.locator("video")).to_have_attribute("data-camera", state)

    def broken_policies(self) -> list[str]:
        """Give what the page tried and its policy forbade."""
        found: list[str] = self.page.evaluate("window.brokenPolicies")
        return found

    def tell(self, script: str) -> Any:
        """Run a script on the page and give what it says."""
        return self.page.evaluate(script)

    def check(self) -> None:
        """Make sure that nothing happened that never should."""
        assert self.strangers == []
        assert self.errors == []
        assert self.broken_policies() == []

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.address, "blob:", "data:")):
            self.strangers.append(request.url)
