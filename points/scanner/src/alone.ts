const LOCK = "points-scanner-drain";

/** Let one tab at a time send; where the browser has no locks, the ids alone keep things single. */
export async function alone(work: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined;
  if (locks === undefined) return await work();
  await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock !== null) await work();
  });
}
