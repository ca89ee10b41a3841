"""What tills do: earn, redeem, undo, and read what they need for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import uuid4

from points.client.answers import (
    Activity,
    Balance,
    Outcome,
    Redemption,
    Reward,
    Statement,
    balance,
    filled,
    outcomes,
    statement,
)
from points.client.asking import Asker, Json, Unanswered

_LATER = timedelta(minutes=1)
"""An act sent this long after it happened says so: the server allows a live clock little slack."""

# Not redeem: goods are handed out once the answer is there, so without one they never were. Whoever
# has leased goods, and does hand them out without a network, says so with `offline=True`.
_HAPPEN_OFFLINE = frozenset({"earn", "undo", "slip_cashed"})


class TillCalls(Asker):
    """Acts at a booth or a partner's till."""

    def earn(self, card: str, activity: str, **what: object) -> Outcome:
        """Award by an activity; `what` may hold quantity, grams, phase, building or number."""
        return self.operate([{"kind": "earn", "card": card, "activity": activity, **what}])[0]

    def redeem(
        self, card: str, reward: str, *, quantity: int, price_shown: int, **what: object
    ) -> Outcome:
        """Hand goods over for points at this device's booth."""
        asked = {"card": card, "reward": reward, "quantity": quantity, "price_shown": price_shown}
        return self.operate([{"kind": "redeem", **asked, **what}])[0]

    def undo(self, operation: str, **what: object) -> Outcome:
        """Take an operation back, named by the id that it was sent with."""
        return self.operate([{"kind": "undo", "undoes": operation, **what}])[0]

    def operate(self, operations: Sequence[Json]) -> list[Outcome]:
        """Send operations and give one outcome each, in order.

        What has no `id` or `occurred_at` gets one, once, before the first try.

        Raises:
            Problem: The whole request was turned down; nothing was done.
            Unanswered: Call this again with its `unsent`.
        """
        moment = self._pace.clock().isoformat()
        asked = [{"id": str(uuid4()), "occurred_at": moment, **one} for one in operations]
        try:
            answer = self._ask("POST", "/operations", lambda: [self._dated(one) for one in asked])
            return answer.read(lambda said: outcomes(said, asked))
        except Unanswered as error:
            raise Unanswered(str(error), asked) from error

    def redeem_by_key(self, key: str | None = None, **what: object) -> Redemption:
        """Redeem as a partner, once for each key. Unanswered, call it again with `**unsent[0]`."""
        asked = {"key": key or str(uuid4()), **what}
        try:
            return self._redemption("/redemptions", asked["key"], what)
        except Unanswered as error:
            raise Unanswered(str(error), [asked]) from error

    def void(self, number: str) -> Redemption:
        """Take one's own redemption back as a partner. Asking again changes nothing."""
        return self._redemption(f"/redemptions/{quote(number, safe='')}/void")

    def balance(self, card: str) -> Balance:
        """Tell what the card's household has."""
        return self._ask("POST", "/balances", lambda: {"card": card}).read(balance)

    def statement(self, card: str, *, cursor: str | None = None, limit: int = 50) -> Statement:
        """Give a page of the household's statement."""
        asked = {"card": card, "limit": limit} | ({"cursor": cursor} if cursor else {})
        return self._ask("POST", "/statements", lambda: asked).read(statement)

    def rewards(self) -> list[Reward]:
        """List what this device's booth hands out, with prices and what is left."""
        answer = self._ask("GET", "/rewards")
        return answer.read(lambda said: [filled(Reward, one) for one in said])

    def activities(self) -> list[Activity]:
        """List what can be earned at this device's booth."""
        answer = self._ask("GET", "/activities")
        return answer.read(lambda said: [filled(Activity, one) for one in said])

    def _redemption(self, path: str, key: object = None, body: Json | None = None) -> Redemption:
        headers = {} if key is None else {"Idempotency-Key": str(key)}
        answer = self._ask("POST", path, None if body is None else lambda: body, headers)
        read = {"is_replayed": answer.is_replayed}
        return answer.read(lambda said: filled(Redemption, said, **read))

    def _dated(self, operation: Json) -> Json:
        """Say that an operation comes late, once it does. This does not change what it is."""
        if "offline" in operation or operation.get("kind") not in _HAPPEN_OFFLINE:
            return operation
        try:
            happened = datetime.fromisoformat(operation["occurred_at"])
            is_late = self._pace.clock() - happened > _LATER
        except (ValueError, TypeError):  # no instant: the server says so better than we could
            return operation
        return {**operation, "offline": True} if is_late else operation
