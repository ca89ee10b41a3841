/**
 * SHA-256, by a library and not by the browser: `crypto.subtle` is missing on plain HTTP, and it
 * answers later, while an IndexedDB transaction ends as soon as it is left waiting: a journal
 * could not be read, chained and written as one act.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** Hash a text, in UTF-8, to 64 hexadecimal digits. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
