// Modules on this phone: fetched part by part, so that a cut loses one part at most. Every part is encrypted.
//
// index (encrypted): {modules: {key: {key, number, title, language, lessons, bytes, has_test, now: copy|null, next: copy|null}}}
// copy: {name: record of the package, revision, bytes, attempt: of the test or null, files: {sha256: {file: random id, bytes, parts, type}}}
// `now` can be read; `next` is on its way. Nothing of `now` goes before `next` is whole.
import { random, toBase64, toHex, join } from "./bytes.js";
import * as server from "./server.js";
import * as signs from "./signs.js";
import * as store from "./store.js";

export class Full extends Error {}
export class Spoilt extends Error {}
export class OtherPerson extends Error {}

const EMPTY = () => ({ modules: {} });
export const index = (vault) => vault.read("index", EMPTY());
async function change(vault, alter) {
  const kept = await vault.update("index", EMPTY(), alter);
  signs.sayModules(vault.id, kept.modules);
  return kept;
}
const freshName = () => toBase64(random(12));
const stops = new Map(); // module key → how to stop its download

export const isRunning = (key) => stops.has(key);
export const pause = (key) => stops.get(key)?.abort();
export const pauseAll = () => stops.forEach((stop) => stop.abort());

// What the server offers to whoever is signed in. Throws OtherPerson when that is not the owner of this vault.
export async function offers(vault) {
  const answer = await server.modules(vault.device);
  const { person } = await change(vault, (kept) => {
    kept.person ??= answer.person;
  });
  if (person !== answer.person) throw new OtherPerson();
  await store.put("settings", { id: "server", key: await server.sealingKey() });
  return answer.modules;
}

function plan(pack, known) {
  const files = {};
  for (const { sha256, bytes, parts, type } of pack.files) {
    files[sha256] = { file: known[sha256]?.file ?? freshName(), bytes, parts, type };
  }
  const attempt = pack.test?.attempt ?? null;
  return { name: freshName(), revision: pack.revision, bytes: pack.bytes, attempt, files };
}

const filesOf = (module) => ({ ...module?.now?.files, ...module?.next?.files });

// Ask for the package, unless the one of this revision is already here.
async function prepare(vault, offer, signal) {
  const kept = (await index(vault)).modules[offer.key];
  if (kept?.next?.revision === offer.revision && !offer.isForced) return kept.next;
  const pack = await server.pack(offer.key, vault.device, signal);
  const next = plan(pack, filesOf(kept));
  await vault.write(next.name, pack);
  await change(vault, ({ modules }) => {
    const now = modules[offer.key]?.now ?? null;
    const { key, number, title, language, lessons, bytes, has_test } = offer;
    modules[key] = { key, number, title, language, lessons, bytes, has_test, now, next };
  });
  return next;
}

async function isWhole(vault, sha256, file) {
  const whole = join(await vault.partsOf(file));
  return toHex(await crypto.subtle.digest("SHA-256", whole)) === sha256;
}

async function fetchFile(vault, key, [sha256, { file, parts }], signal, arrived) {
  const here = await vault.whichParts(file);
  for (let n = 0; n < parts; n++) {
    if (!here.has(n)) {
      const bytes = await server.part(key, sha256, n, signal);
      signal.throwIfAborted();
      await vault.keepPart(file, n, bytes);
    }
    arrived(sha256, (n + 1) / parts);
  }
  if (await isWhole(vault, sha256, file)) return;
  await vault.dropFile(file);
  throw new Spoilt(); // she presses again, and this file comes anew
}

async function finish(vault, key, next) {
  await change(vault, ({ modules }) => {
    if (modules[key]?.next?.name !== next.name) return;
    Object.assign(modules[key], { now: next, next: null });
  });
  await sweep(vault);
}

// Fetch a module, or go on with it. `tell(share from 0 to 1)` is called on the way. False: another tab does it.
export function fetchModule(vault, offer, tell) {
  return store.locked(`${vault.id}-fetch`, { ifAvailable: true }, async (lock) => {
    if (!lock) return false;
    const stop = new AbortController();
    stops.set(offer.key, stop);
    try {
      const next = await prepare(vault, offer, stop.signal);
      const total = Object.values(next.files).reduce((sum, { bytes }) => sum + bytes, 0) || 1;
      const shares = {};
      for (const entry of Object.entries(next.files)) {
        await fetchFile(vault, offer.key, entry, stop.signal, (sha256, share) => {
          shares[sha256] = share * next.files[sha256].bytes;
          tell(Object.values(shares).reduce((sum, bytes) => sum + bytes, 0) / total);
        });
      }
      await finish(vault, offer.key, next);
      return true;
    } catch (error) {
      if (error.name === "QuotaExceededError") throw new Full();
      throw error;
    } finally {
      stops.delete(offer.key);
    }
  });
}

// How much of a paused download is here, from 0 to 1.
export async function share(vault, { next }) {
  const files = Object.values(next?.files ?? {});
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0) || 1;
  let here = 0;
  for (const { file, bytes, parts } of files) here += (bytes * (await vault.whichParts(file)).size) / parts;
  return here / total;
}

export async function removeModule(vault, key) {
  pause(key);
  await change(vault, ({ modules }) => delete modules[key]);
  await tidy(vault);
}

// Not while a download is on its way: what it has just brought is named a moment later.
export const tidy = (vault) =>
  store.locked(`${vault.id}-fetch`, { ifAvailable: true }, (lock) => lock && sweep(vault));

// Take away what no copy names: old versions, and what a killed browser left half done.
async function sweep(vault) {
  const { modules } = await index(vault);
  const copies = Object.values(modules).flatMap(({ now, next }) => [now, next].filter(Boolean));
  const names = new Set(["index", "work", ...copies.map(({ name }) => name)]);
  const files = new Set(copies.flatMap((copy) => Object.values(copy.files).map(({ file }) => file)));
  for (const [, name] of await store.keys("records", store.under(vault.id))) {
    if (!names.has(name)) await vault.dropRecord(name);
  }
  const kept = new Set((await store.keys("parts", store.under(vault.id))).map((key) => key[1]));
  for (const file of kept) if (!files.has(file)) await vault.dropFile(file);
}

// A file of a copy, as an address that <img> and <audio> can take. Whoever asks revokes it.
export async function addressOf(vault, copy, sha256) {
  const { file, type } = copy.files[sha256];
  return URL.createObjectURL(new Blob(await vault.partsOf(file), { type }));
}
