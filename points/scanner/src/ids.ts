/** Names for operations and sessions. */

/** Fills the bytes with randomness: `(bytes) => crypto.getRandomValues(bytes)`. */
export type Randomness = (bytes: Uint8Array<ArrayBuffer>) => void;

/**
 * Make a UUID (version 4, RFC 9562). Not by `crypto.randomUUID`: that one is missing on plain
 * HTTP, where a booth may have to work with photographs and typed numbers.
 */
export function makeId(random: Randomness): string {
  const bytes = new Uint8Array(16);
  random(bytes);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
