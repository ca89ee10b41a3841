/** Sending the journal: the service gets the lines that it does not have, in their order. */

import { canonical } from "./journal.ts";
import type { JournalEnd, JournalTaken } from "./sending.ts";
import type { Reply } from "./server.ts";
import type { Store } from "./store.ts";

const LINES = 200;

/**
 * Send the lines that the service does not have.
 *
 * @param known where the journal ends there
 * @param post hands some lines over
 */
export async function sendJournal(
  store: Store,
  known: JournalEnd,
  post: (lines: readonly string[]) => Promise<Reply<JournalTaken>>,
): Promise<void> {
  let wanted = known.number + 1;
  for (;;) {
    const lines = await store.journal(wanted - 1, LINES);
    if (lines.length === 0) return;
    const reply = await post(lines.map((line) => canonical({ ...line })));
    // No step forward is a matter for a person, who sees it at the service.
    if (reply.kind !== "ok" || reply.body.wanted <= wanted) return;
    wanted = reply.body.wanted;
  }
}
