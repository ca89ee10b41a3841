/**
 * The service worker: keeps the shell (page, scripts, decoder, icons) so that the scanner opens
 * without a network. What is not the shell, the API above all, goes past it untouched.
 *
 * A new version is fetched whole beside the old one, and waits until a page says that nobody is in
 * the middle of anything. The queue is none of its business: that is in IndexedDB.
 */

import type { TakeOver } from "./messages.ts";

declare const self: ServiceWorkerGlobalScope;

/** Written in when it is built: what belongs to the shell, by addresses relative to this script. */
declare const __SHELL__: { readonly version: string; readonly files: readonly string[] };

const TAKE_OVER: TakeOver = "take over";
const PREFIX = "points-scanner-";
const BUILT = __SHELL__;
const CACHE = PREFIX + BUILT.version;
const HOME = new URL("./", self.location.href);
const SHELL = new Set(BUILT.files.map((file) => new URL(file, HOME).href));

self.addEventListener("install", (event) => {
  event.waitUntil(fetchShell());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

self.addEventListener("message", (event) => {
  if (event.data === TAKE_OVER) event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  const url = new URL(event.request.url);
  url.hash = "";
  url.search = "";
  // The address without its slash is the shell's too, and people type that one.
  if (`${url.href}/` === HOME.href && event.request.mode === "navigate") {
    event.respondWith(Response.redirect(HOME.href));
  } else if (SHELL.has(url.href)) {
    event.respondWith(fromShell(url.href, event.request));
  }
});

async function fetchShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  // Past the browser's own cache: half of one version and half of another would be no shell.
  await cache.addAll([...SHELL].map((url) => new Request(url, { cache: "reload" })));
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}

async function fromShell(url: string, request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  return (await cache.match(url)) ?? fetch(request);
}
