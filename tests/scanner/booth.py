"""A volunteer at work: a phone that is paired, and what is told and done on it."""

from dataclasses import dataclass
from random import Random
from typing import Any

from playwright.sync_api import Locator, Route, expect

from points.domain.access import Role
from points.domain.ids import BoothKey
from points.domain.pairing import Pairing
from points.service.pairing import Invited, invite_phone
from tests.live import Live
from tests.market import MARKET, NOW
from tests.scanner.phone import Phone

PIN = "2468"
_RANDOM = Random(7)


def invite(live: Live, *, booth: int | None, role: Role) -> str:
    """Give the address that the organiser shows as a QR."""
    invited = invite_phone(
        live.served.book.database,
        Pairing(
            name="Chen's phone",
            role=role,
            event=MARKET.key,
            booth=None if booth is None else BoothKey(f"market/{booth}"),
        ),
        now=live.clock(),
        random_bytes=_RANDOM.randbytes,
    )
    assert isinstance(invited, Invited)
    return f"/scan/#i={invited.text}"


@dataclass(frozen=True, slots=True)
class Booth:
    """A paired phone, and the service that it works for."""

    phone: Phone
    live: Live

    @classmethod
    def paired(cls, phone: Phone, live: Live, *, booth: int, role: Role = Role.EARN) -> "Booth":
        """Open the scanner by an invite, and say who works here."""
        phone.context.clock.install(time=NOW)
        phone.open(invite(live, booth=booth, role=role))
        made = cls(phone, live)
        made.sign_in("陈")
        return made

    def sign_in(self, name: str) -> None:
        """Give a name and choose a PIN."""
        self.phone.page.get_by_label("您的名字").fill(name)
        self.press_digits(PIN)
        self.press("开始")
        expect(self.phone.page.locator(".under")).to_be_visible()

    def press(self, label: str) -> None:
        """Press the button of this name on the screen that is on top."""
        self.top.get_by_role("button", name=label).first.click()

    def press_digits(self, digits: str) -> None:
        """Press the keys of the number pad."""
        for digit in digits:
            self.top.locator(".pad").get_by_text(digit, exact=True).click()

    @property
    def top(self) -> Locator:
        """Whatever screen can be used now."""
        return self.phone.page.locator(".over, .under:not([inert])").last

    @property
    def verdict(self) -> Locator:
        """The big answer."""
        return self.phone.page.locator("main.v")

    def expect_verdict(self, face: str, *texts: str) -> None:
        """Wait for an answer of this face that says all of this."""
        expect(self.verdict).to_have_attribute("data-face", face)
        for text in texts:
            expect(self.verdict).to_contain_text(text)

    def next(self) -> None:
        """Go on to the next person."""
        self.verdict.locator(".foot .main").click()
        expect(self.phone.page.locator(".over")).to_have_count(0)

    def type_code(self, code: str) -> None:
        """Scan with a hardware scanner, which types and presses Enter."""
        self.phone.page.keyboard.type(code)
        self.phone.page.keyboard.press("Enter")

    def lose_answers(self, path: str) -> None:
        """From now on requests to the path arrive, and their answers are lost."""

        def lose(route: Route) -> None:
            route.fetch()
            route.abort("connectionreset")

        self.phone.page.route(f"**/api/v1{path}", lose)

    def lose_network(self) -> None:
        """From now on nothing reaches the service."""
        self.phone.context.set_offline(True)

    def heal(self) -> None:
        """Let the line be as it was."""
        self.phone.page.unroute_all()
        self.phone.context.set_offline(False)

    def wait_until_sent(self) -> None:
        """Wait until nothing waits any more; the phone sends by itself."""
        expect(self.phone.page.locator(".queue")).to_have_count(0, timeout=30_000)

    def unsent(self) -> list[dict[str, Any]]:
        """Give what the phone still holds, as it remembers it."""
        found: list[dict[str, Any]] = self.phone.tell(
            """new Promise((resolve, reject) => {
              const asked = indexedDB.open("points-scanner");
              asked.onerror = () => reject(asked.error);
              asked.onsuccess = () => {
                const all = asked.result.transaction("outbox").objectStore("outbox").getAll();
                all.onsuccess = () => {
                  asked.result.close();
                  resolve(all.result.filter((item) => item.state !== "settled"));
                };
              };
            })"""
        )
        return found
