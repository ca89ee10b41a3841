"""A volunteer at work: a phone that is paired, and what is told and done on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json import dumps
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
from tests.scanner.workbench import Workbench

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
    def paired(
        cls,
        phone: Phone,
        live: Live,
        *,
        booth: int,
        role: Role = Role.EARN,
        at: datetime | None = NOW,
    ) -> "Booth":
        """Open the scanner by an invite, and say who works here.

        Args:
            phone: Any.
            live: The service that it works for.
            booth: At which booth.
            role: As what.
            at: What the phone's clock shows; that of this machine, if there is none.
        """
        if at is not None:
            phone.context.clock.install(time=at)
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

    def hand_over(self) -> None:
        """Give the phone to the same person anew, whereupon it changes its token."""
        self.press("设置")
        self.press("交给另一位")
        self.press_digits(PIN)
        with self.phone.page.expect_request("**/devices/token") as asked:
            self.press("确认")
        asked.value.response()  # it is over, whether the answer came or was lost
        expect(self.phone.page.locator(".over")).to_have_count(0)

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

    @property
    def strip(self) -> Locator:
        """The line that tells what is still to be sent."""
        return self.phone.page.locator(".queue")

    def expect_kept(self, count: int) -> None:
        """Wait until the phone says that it keeps so many."""
        expect(self.top.locator(".queue")).to_contain_text(f" {count} 条")

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

    def fill_up(self) -> None:
        """Fill the phone until nothing more can be remembered. Its room must be bounded before."""
        page = Workbench(self.phone.context, f"{self.live.address}/workbench").page()
        page.evaluate(
            """async () => {
              const { openStore } = await import("/workbench/src/store.ts");
              const store = await openStore();
              for (const size of [400_000, 40_000, 4_000, 400, 40]) {
                for (let place = 0; ; place += 1) {
                  const bytes = new Uint8Array(size);
                  for (let at = 0; at < size; at += 40_000) {
                    crypto.getRandomValues(bytes.subarray(at, at + 40_000));
                  }
                  const name = `filling ${size} ${place}`;
                  if ((await store.keep(name, bytes).catch((error) => error)) !== undefined) break;
                }
              }
              store.close();
            }"""
        )
        page.close()

    def lose_network(self) -> None:
        """From now on nothing reaches the service."""
        self.phone.context.set_offline(True)

    def lose_requests(self, path: str) -> None:
        """From now on requests to the path do not arrive, though there is a network."""
        self.phone.page.route(f"**/api/v1{path}", lambda route: route.abort("connectionreset"))

    def mend(self, path: str) -> None:
        """Let requests to the path arrive as before, and no others."""
        self.phone.page.unroute(f"**/api/v1{path}")

    def heal(self) -> None:
        """Let the line be as it was."""
        self.phone.page.unroute_all()
        self.phone.context.set_offline(False)

    def scan(self, code: str) -> None:
        """Do the same in one go, however slow this machine is: gaps would end the code."""
        self.phone.page.evaluate(
            """(code) => {
              for (const key of [...code, "Enter"]) {
                dispatchEvent(new KeyboardEvent("keydown", { key }));
              }
            }""",
            code,
        )

    def queue(self, operations: Sequence[Mapping[str, object]]) -> None:
        """Let the phone hold these as if somebody had done them here just now, out of sight."""
        page = Workbench(self.phone.context, f"{self.live.address}/workbench").page()
        page.evaluate(
            """async (operations) => {
              const [{ openStore }, { queued }, { digestOf }] = await Promise.all(
                ["store", "queue", "journal"].map((name) => import(`/workbench/src/${name}.ts`)));
              const store = await openStore();
              await Promise.all(operations.map((operation) => store.record(
                { at: Date.parse(operation.occurred_at), session: "queued", ticked: 0,
                  kind: "operation", subject: operation.id, digest: digestOf(operation) },
                (n) => queued(operation, { n, isPromised: true }))));
              store.close();
            }""",
            list(operations),
        )
        page.close()

    def forget_line(self, number: int) -> None:
        """Let the phone lose a line of its journal, as a store does that was damaged."""
        self.phone.tell(
            f"""new Promise((resolve) => {{
              const asked = indexedDB.open("points-scanner");
              asked.onsuccess = () => {{
                const journal = asked.result.transaction("journal", "readwrite");
                journal.objectStore("journal").delete({number});
                journal.oncomplete = () => {{
                  asked.result.close();
                  resolve();
                }};
              }};
            }})"""
        )

    def wait_until_sent(self) -> None:
        """Wait until nothing waits any more; the phone sends by itself."""
        expect(self.strip).to_have_count(0, timeout=30_000)

    def unsent(self) -> list[dict[str, Any]]:
        """Give what the phone still holds, as it remembers it."""
        return [item for item in self.outbox() if item["state"] != "settled"]

    def outbox(self) -> list[dict[str, Any]]:
        """Give all that was ever done on the phone, in order."""
        found: list[dict[str, Any]] = self._read("outbox", 'index("by_place").getAll()')
        return found

    def note(self, name: str) -> Any:
        """Give what the phone keeps under a name, such as its token."""
        return self._read("notes", f"get({dumps(name)})")

    def _read(self, place: str, what: str) -> Any:
        return self.phone.tell(
            f"""new Promise((resolve, reject) => {{
              const asked = indexedDB.open("points-scanner");
              asked.onerror = () => reject(asked.error);
              asked.onsuccess = () => {{
                const found = asked.result.transaction("{place}").objectStore("{place}").{what};
                found.onsuccess = () => {{
                  asked.result.close();
                  resolve(found.result ?? null);
                }};
              }};
            }})"""
        )
