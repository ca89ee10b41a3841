/** What only one tab may do at a time; where the browser has no locks, ids keep things single. */

const DRAIN = "points-scanner-drain";
const TOKEN = "points-scanner-token";

/** Let one tab at a time send; the others need not. */
export async function alone(work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) return await work();
  await locks.request(DRAIN, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await work();
  });
}

/** Let one tab after the other change the token. */
export async function inTurn(work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  await (locks === undefined ? work() : locks.request(TOKEN, work));
}
