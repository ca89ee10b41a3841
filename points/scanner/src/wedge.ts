/**
 * A hardware scanner that types: letters in quick succession, ended by Enter, Tab or a pause.
 *
 * Pure: it is told keys and instants. What a person types is slower and is left alone.
 */

/** Longest gap within a code; slow Bluetooth scanners need a third of a second. */
export const GAP_MS = 350;
/** Slips and one-time codes are the shortest that are scanned; card numbers are typed by people. */
const LENGTH_MIN = 19;
const LENGTH_MAX = 512;

export interface Wedge {
  readonly text: string;
  readonly at: number;
}

export const IDLE: Wedge = { text: "", at: 0 };

export interface Step {
  readonly wedge: Wedge;
  /** What was scanned, once it is whole. */
  readonly scanned: string | null;
}

/** Take one key, at an instant in milliseconds. */
export function press(wedge: Wedge, key: string, at: number): Step {
  const text = at - wedge.at > GAP_MS ? "" : wedge.text;
  if (key === "Enter" || key === "Tab") {
    return { wedge: IDLE, scanned: text.length >= LENGTH_MIN ? text : null };
  }
  if (key.length !== 1) return { wedge: { text, at }, scanned: null };
  return { wedge: { text: (text + key).slice(-LENGTH_MAX), at }, scanned: null };
}

/** Take what was typed if nothing has followed it for a while: some scanners end on nothing. */
export function pause(wedge: Wedge, at: number): Step {
  const isOver = at - wedge.at > GAP_MS;
  const isWhole = wedge.text.length >= LENGTH_MIN;
  return isOver ? { wedge: IDLE, scanned: isWhole ? wedge.text : null } : { wedge, scanned: null };
}
