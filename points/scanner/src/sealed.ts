/**
 * Balances that only a card's own code can open.
 *
 * The phone holds a record for each card, found by a tag and opened by a key that are both made of
 * the code: without the card in front of the camera there is nothing to read, not even whose it is.
 * The twin in Python is `points.domain.sealing`; both are held to `tests/vectors/sealed.json`.
 */

export interface SealedBalance {
  readonly available: number;
  readonly state: "active" | "frozen" | "replaced";
  /** When it was sealed, seconds since 1970. */
  readonly madeAt: number;
}

const TAG_PREFIX = "points:sealed-tag:";
const KEY_INFO = "points:sealed-balance:v1";
const TAG_BYTES = 16;
const NONCE_BYTES = 12;

/** Name the record of a card: base64url of 16 bytes. */
export async function sealedTag(code: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes(TAG_PREFIX + code));
  return toBase64Url(new Uint8Array(hash).slice(0, TAG_BYTES));
}

/** Open a card's record; null where it is damaged or another card's. */
export async function unseal(
  code: string,
  tag: string,
  sealed: string,
): Promise<SealedBalance | null> {
  try {
    const whole = fromBase64Url(sealed);
    const material = await crypto.subtle.importKey("raw", bytes(code), "HKDF", false, [
      "deriveKey",
    ]);
    const key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: bytes(KEY_INFO) },
      material,
      { name: "AES-GCM", length: 256 },
      false,
      ["decrypt"],
    );
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: whole.slice(0, NONCE_BYTES), additionalData: fromBase64Url(tag) },
      key,
      whole.slice(NONCE_BYTES),
    );
    return balanceIn(JSON.parse(new TextDecoder().decode(plain)));
  } catch {
    return null;
  }
}

function balanceIn(content: unknown): SealedBalance | null {
  if (typeof content !== "object" || content === null) return null;
  const { a, s, t } = content as Record<string, unknown>;
  if (typeof a !== "number" || typeof t !== "number") return null;
  if (s !== "active" && s !== "frozen" && s !== "replaced") return null;
  return { available: a, state: s, madeAt: t };
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function toBase64Url(content: Uint8Array): string {
  return btoa(String.fromCharCode(...content))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
