// The service worker. Above this line stands `phone`: {version, page, help, files}, written by cms/phone/views.py.
// It keeps the page for phones without signal and the files of that page; nothing that anyone signed in has seen.
const CACHE = `phone-${phone.version}`;
const AWAY = ["/admin/", "/autoridad/"]; // the staff's desks: their browser says itself that there is no signal

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll([phone.page, phone.help, ...phone.files].map((url) => new Request(url, { cache: "reload" })));
}

async function dropOld() {
  const names = (await caches.keys()).filter((name) => name.startsWith("phone-") && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// Once the page has loaded it needs nothing more, so a new version can take over while it is open.
self.addEventListener("install", (event) => event.waitUntil(keep().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(dropOld()));

const kept = async (request) => (await caches.open(CACHE)).match(request);

async function networkOr(page, request) {
  try {
    return await fetch(request);
  } catch {
    return (await kept(page)) ?? Response.error();
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin || request.method !== "GET") return;
  if (pathname === phone.help) {
    event.respondWith(networkOr(phone.help, request));
  } else if (request.mode === "navigate") {
    if (AWAY.some((prefix) => pathname.startsWith(prefix))) return;
    const isPage = pathname === phone.page;
    event.respondWith(isPage ? kept(phone.page).then((page) => page ?? fetch(request)) : networkOr(phone.page, request));
  } else if (phone.files.includes(pathname)) {
    event.respondWith(kept(pathname).then((file) => file ?? fetch(request)));
  }
});
