// What this phone asks of the server. Nothing that comes back is kept by the browser's own cache.
export class NoSignal extends Error {}
export class NotYours extends Error {} // nobody is signed in here
export class Closed extends Error {} // her course is not open to her now
export class Answer extends Error {
  constructor(response) {
    super(String(response.status));
    this.status = response.status;
    this.wait = Number(response.headers.get("Retry-After")) || 0;
  }
}

const place = document.documentElement.querySelector("[data-sync]")?.dataset ?? {};
const PATIENCE = 30_000;

async function ask(url, { signal, ...options } = {}) {
  const limit = AbortSignal.timeout?.(PATIENCE);
  const signals = [signal, limit].filter(Boolean);
  const both = signals.length > 1 && AbortSignal.any ? AbortSignal.any(signals) : signals[0];
  let response;
  try {
    response = await fetch(url, { cache: "no-store", redirect: "error", signal: both, ...options });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new NoSignal(error.message);
  }
  if (response.status === 401) throw new NotYours();
  if (response.status === 403 && url.startsWith(place.sync)) throw new Closed();
  if (!response.ok) throw new Answer(response);
  return response;
}

export const json = async (url, options) => (await ask(url, options)).json();

// Who is signed in: {user: null | user name, token: for forms, word: another one after a raid}.
export const session = (address = place.session) => json(address);
export const sealingKey = () => json(`${place.sync}key/`);
export const modules = (device) => json(`${place.sync}modules/`, { headers: { "X-Device": device } });
export const pack = (key, device, signal) =>
  json(`${place.sync}modules/${key}/`, { signal, headers: { "X-Device": device } });

export async function part(key, sha256, n, signal) {
  return (await ask(`${place.sync}modules/${key}/files/${sha256}/${n}/`, { signal })).arrayBuffer();
}

// True or false; a server that cannot say (the address is not there) does not stand in her way.
export async function isPin(pin, token) {
  if (!place.pinCheck) return true;
  const body = new URLSearchParams({ pin });
  try {
    await ask(place.pinCheck, { method: "POST", body, headers: { "X-CSRFToken": token } });
    return true;
  } catch (error) {
    if (error instanceof Answer && error.status === 404) return true;
    if (error instanceof Answer && error.status === 403) return false;
    throw error;
  }
}

// End her session in this browser; nothing happens when there is none.
export async function signOut({ user, token }) {
  const form = document.querySelector("[data-out]");
  if (user) await fetch(form.action, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "manual" });
}

// The boxes are sealed and carry who sent them: no session goes with them. {results, word}.
export async function deliver(boxes, address) {
  const body = JSON.stringify({ boxes });
  const headers = { "Content-Type": "application/json" };
  return json(address, { method: "POST", body, headers, credentials: "omit" });
}
