/**
 * Talk to the service: every call ends within its time, and never throws.
 *
 * A call that failed may have been done all the same: whoever asks sends the same again.
 */

import { readRetryAfter } from "./connectivity.ts";

export type Reply<Body> =
  | {
      readonly kind: "ok";
      readonly status: number;
      readonly body: Body;
      readonly etag: string | null;
    }
  | { readonly kind: "unchanged" }
  /** The service said no. `code` is stable, `message` is for people. */
  | {
      readonly kind: "problem";
      readonly status: number;
      readonly code: string;
      readonly message: string;
      /** Milliseconds to stay away, where the service said so. */
      readonly retryAfter: number | null;
    }
  /** No answer in time, or none that the service gave: nobody knows whether it was done. */
  | { readonly kind: "failed" };

export interface Call {
  readonly method: "GET" | "POST" | "PUT";
  readonly path: string;
  readonly body?: unknown;
  readonly etag?: string | undefined;
  readonly timeout: number;
}

export interface Server {
  ask<Body>(call: Call): Promise<Reply<Body>>;
}

const API = "/api/v1";

/**
 * @param renewed called when the door does not know the token; whether there is another to try
 */
export function makeServer(
  token: () => string | null,
  language: () => string,
  renewed: () => Promise<boolean>,
): Server {
  return {
    async ask<Body>(call: Call): Promise<Reply<Body>> {
      const reply = await once<Body>(call);
      const isUnknown = reply.kind === "problem" && reply.status === 401;
      return isUnknown && (await renewed()) ? await once<Body>(call) : reply;
    },
  };

  async function once<Body>(call: Call): Promise<Reply<Body>> {
    // By hand: `AbortSignal.timeout` is missing on phones that are still in use.
    const impatience = new AbortController();
    const timer = setTimeout(() => impatience.abort(), call.timeout);
    const headers = new Headers({ "Accept-Language": language() });
    const secret = token();
    if (secret !== null) headers.set("Authorization", `Bearer ${secret}`);
    if (call.etag !== undefined) headers.set("If-None-Match", call.etag);
    const request: RequestInit = {
      method: call.method,
      headers,
      cache: "no-store",
      credentials: "omit",
      signal: impatience.signal,
    };
    if (call.body !== undefined) {
      headers.set("Content-Type", "application/json");
      request.body = JSON.stringify(call.body);
    }
    try {
      return await read<Body>(await fetch(API + call.path, request));
    } catch {
      return { kind: "failed" };
    } finally {
      clearTimeout(timer);
    }
  }
}

async function read<Body>(response: Response): Promise<Reply<Body>> {
  if (response.status === 304) return { kind: "unchanged" };
  const body: unknown = await response.json();
  if (response.ok) {
    return {
      kind: "ok",
      status: response.status,
      body: body as Body,
      etag: response.headers.get("ETag"),
    };
  }
  const problem =
    typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  // Not a problem of ours: a proxy or a hotel's sign-in page stands between.
  if (typeof problem["code"] !== "string") return { kind: "failed" };
  return {
    kind: "problem",
    status: response.status,
    code: problem["code"],
    message: String(problem["detail"] ?? problem["title"] ?? ""),
    retryAfter: readRetryAfter(response.headers.get("Retry-After"), new Date()),
  };
}
