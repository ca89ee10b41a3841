/** How this phone stands: what waits on it, and whether it reaches the service. */

import type { Connectivity } from "./connectivity.ts";
import type { Item } from "./queue.ts";

export interface Standing {
  readonly network: Connectivity;
  readonly waiting: readonly Item[];
  readonly attention: readonly Item[];
  readonly isClosing: boolean;
  /** Milliseconds that the phone's clock is ahead of the service's; 0 before it is known. */
  readonly clockAhead: number;
  /** Whether the service has shut this phone out. */
  readonly isShutOut: boolean;
}

export const STANDING: Standing = {
  network: "online",
  waiting: [],
  attention: [],
  isClosing: false,
  clockAhead: 0,
  isShutOut: false,
};
