// The team's service worker. Above this line stands `team`: {version, page, help, files}, written by cms/phone/staff.py.
// Its scope is the team's page alone. It keeps that page and its files; nothing that anyone signed in has seen.
const CACHE = `team-${team.version}`;

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([team.page, team.help, ...team.files].map((url) => new Request(url, { cache: "reload" })));
}

async function dropOld() {
  const names = (await caches.keys()).filter((name) => name.startsWith("team-") && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// Once the page has loaded it needs nothing more, so a new version can take over while it is open.
self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropOld()));

const kept = async (request) => (await caches.open(CACHE)).match(request);
const help = async (request) => {
  try {
    return await fetch(request);
  } catch {
    return (await kept(team.help)) ?? Response.error();
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (pathname === team.help) event.respondWith(help(request));
  else if (request.mode === "navigate" ? pathname === team.page : team.files.includes(pathname)) {
    event.respondWith(kept(pathname).then((file) => file ?? fetch(request)));
  }
});
