// Keeps one page with nobody's data, and the files it needs, so that it opens without network: docs/field.md.
"use strict";
const about = {{ about|safe }};
const PREFIX = "anqi-field-";
const CACHE = PREFIX + about.version;
const PATIENCE_MS = 3000;
const INSTALL_MS = 60_000;

const isPage = (response) => (response.headers.get("Content-Type") || "").startsWith("text/html");
async function fetched(address) {
  const response = await fetch(address, {
    cache: "no-cache",
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(INSTALL_MS),
  });
  // the login page of a Wi-Fi answers 200, too
  const isOurs = address === about.shell ? response.headers.has(about.mark) : !isPage(response);
  if (!response.ok || !isOurs) throw new TypeError(`${address} is not there`);
  return [address, response];
}
async function install() {
  const found = await Promise.all([about.shell, ...about.files].map(fetched)); // all or nothing
  try {
    const cache = await caches.open(CACHE);
    for (const [address, response] of found) await cache.put(address, response);
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}
async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CACHE) await caches.delete(name);
  }
  await self.clients.claim();
}
async function kept(address) {
  const cache = await caches.open(CACHE);
  return cache.match(address, { ignoreVary: true });
}
async function page(request, isShell) {
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    const isGood = isShell ? response.ok && response.headers.has(about.mark) : response.status < 500;
    if (isGood) return response;
  } catch {
    // no network, or none in time
  }
  return (await kept(about.shell)) || Response.error();
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("message", (event) => event.data === "take over" && self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  const address = url.pathname + url.search;
  if (request.mode === "navigate" && url.pathname.startsWith(about.shell))
    event.respondWith(page(request, url.pathname === about.shell));
  else if (about.files.includes(address))
    event.respondWith(kept(address).then((found) => found || fetch(request)));
});
