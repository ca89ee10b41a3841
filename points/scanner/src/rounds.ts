/** Rounds: what a phone does over and over behind its screens, for as long as the page is open. */

const ROUND_MS = 2_000;

/**
 * Go round, one round after another.
 *
 * @param round What is done each time.
 * @param hurry Done as soon as there is a network again, or somebody looks at the page again.
 */
export function goRound(round: () => Promise<void>, hurry: () => void): void {
  const turn = (): void => {
    round()
      .catch(() => {
        // Whatever it was, the next round is a new one, and nothing of the queue is lost.
      })
      .finally(() => setTimeout(turn, ROUND_MS));
  };
  turn();
  const look = (): void => {
    if (!document.hidden) hurry();
  };
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
}
