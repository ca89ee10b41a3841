/** Keeping the shell on the phone, and letting a new version in when it disturbs nobody. */

import type { TakeOver } from "./workers/messages.ts";

const ASK_AGAIN_MS = 30 * 60_000;

/** Lets the new version in and loads the page anew. Call it when nobody is in the middle of it. */
export type LetIn = () => void;

/**
 * Keep the shell for days without a network, and hear of new versions.
 *
 * @param ready called when a new version waits; the page chooses its moment
 * @returns whether this browser can, which on plain HTTP it cannot
 */
export async function keepShell(ready: (letIn: LetIn) => void): Promise<boolean> {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return false;
  let isAskedFor = false;
  let isControlled = workers.controller !== null;
  workers.addEventListener("controllerchange", () => {
    const reload = () => location.reload();
    if (isAskedFor) reload();
    // Another tab let it in. The first worker ever is no news: this page is of its version.
    else if (isControlled) ready(reload);
    isControlled = true;
  });
  const registration = await workers.register("sw.js", { scope: scope() });
  const tell = (worker: ServiceWorker) => {
    ready(() => {
      isAskedFor = true;
      worker.postMessage("take over" satisfies TakeOver);
    });
  };
  watch(registration, workers, tell);
  return true;
}

/** The page's address without its last slash: that one opens the scanner too. */
function scope(): string {
  return new URL(".", location.href).pathname.replace(/\/$/, "");
}

function watch(
  registration: ServiceWorkerRegistration,
  workers: ServiceWorkerContainer,
  tell: (worker: ServiceWorker) => void,
): void {
  if (registration.waiting !== null && workers.controller !== null) tell(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "installed" && workers.controller !== null) tell(worker);
    });
  });
  const ask = () => {
    // Without a network there is no news, and that is no trouble.
    if (!document.hidden) registration.update().catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, ASK_AGAIN_MS);
}
