// Shows the check-in page where there is no network: door.js has put it into the browser's cache,
// with what it loads. It stands between the browser and the station for that page alone.
"use strict";
const PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (new URL(request.url).pathname.startsWith("/console/static/")) event.respondWith(part(request));
});

async function page(request) {
  const kept = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
  if (!kept) return fetch(request);
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE, kept); });
  return Promise.race([fetch(request).catch(() => kept), late]);
}

async function part(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}
