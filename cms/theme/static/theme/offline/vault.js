// One woman's part of this phone, while it is open. The key is in memory only: a reload forgets it.
import * as seal from "./seal.js";
import * as signs from "./signs.js";
import * as store from "./store.js";
import { toBase64, random } from "./bytes.js";

const FREE_TRIES = 3;
const LONGEST_WAIT = 300_000;

// The device key: made once, and never readable by a page.
async function deviceKey() {
  const kept = await store.get("settings", "device");
  if (kept) return kept.key;
  const key = await seal.makeDeviceKey();
  return (await store.change("settings", "device", (row) => row ?? { id: "device", key })).key;
}

export const isAnyoneHere = async () => (await store.exists()) && (await store.keys("vaults")).length > 0;
export const find = async (username) =>
  (await isAnyoneHere()) ? store.get("vaults", await seal.tagOf(await deviceKey(), username)) : undefined;

// Milliseconds to wait after wrong PINs. A bump, not a wall: who takes the phone apart does not ask this page.
export async function waitFor(username) {
  const row = await store.get("tries", await seal.tagOf(await deviceKey(), username));
  return row ? Math.max(0, Math.min(row.until - Date.now(), row.wait)) : 0;
}

function oneMore(tag) {
  return store.change("tries", tag, (row) => {
    const count = (row?.count ?? 0) + 1;
    const wait = count < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT, 5_000 * 2 ** (count - FREE_TRIES));
    return { tag, count, wait, until: Date.now() + wait };
  });
}

// The open vault, or null when user name or PIN are not right: which of them, nobody learns.
export async function open(username, pin) {
  const device = await deviceKey();
  const tag = await seal.tagOf(device, username);
  const row = await store.get("vaults", tag);
  try {
    if (!row) await seal.pretend(device, username, pin);
    const key = row && (await seal.unlock(device, username, pin, row.lock));
    if (key) {
      await store.remove("tries", tag);
      return new Vault(row, key);
    }
  } catch {
    // the wrong PIN
  }
  await oneMore(tag);
  return null;
}

// A new vault. Where one was (a forgotten PIN), what waits for the server stays, and the rest is fetched again.
export async function make(username, pin) {
  const device = await deviceKey();
  const tag = await seal.tagOf(device, username);
  const { lock, key } = await seal.makeLock(device, username, pin);
  const before = await store.get("vaults", tag);
  if (before) {
    await store.clear(tag, before.id, { withQueue: false });
    signs.forget(before.id);
  }
  const fresh = { id: toBase64(random(12)), device: crypto.randomUUID(), seq: 0 };
  const row = { ...fresh, ...before, tag, lock };
  await store.put("vaults", row);
  return new Vault(row, key);
}

export class Vault {
  #key;

  constructor({ tag, id, device }, key) {
    Object.assign(this, { tag, id, device });
    this.#key = key;
  }

  encrypt(value, place) {
    return seal.encryptJson(this.#key, value, `${this.id}/${place}`);
  }

  decrypt(row, place) {
    return seal.decryptJson(this.#key, row, `${this.id}/${place}`);
  }

  async read(name, otherwise) {
    const row = await store.get("records", [this.id, name]);
    return row ? this.decrypt(row, name) : otherwise;
  }

  async write(name, value) {
    await store.put("records", { vault: this.id, name, ...(await this.encrypt(value, name)) });
  }

  // Read, alter and write, one after the other, also when two tabs do it.
  update(name, otherwise, alter) {
    return store.locked(`${this.id}-${name}`, async () => {
      const value = await this.read(name, otherwise);
      await alter(value);
      await this.write(name, value);
      return value;
    });
  }

  async keepPart(file, n, buffer) {
    const row = await seal.encrypt(this.#key, buffer, `${this.id}/${file}/${n}`);
    await store.putLightly("parts", { vault: this.id, file, n, ...row });
  }

  async partsOf(file) {
    const rows = await store.all("parts", store.under(this.id, file));
    return Promise.all(rows.map((row) => seal.decrypt(this.#key, row, `${this.id}/${file}/${row.n}`)));
  }

  async whichParts(file) {
    return new Set((await store.keys("parts", store.under(this.id, file))).map((key) => key[2]));
  }

  dropFile(file) {
    return store.remove("parts", store.under(this.id, file));
  }

  dropRecord(name) {
    return store.remove("records", [this.id, name]);
  }

  async nextNumber() {
    const row = await store.change("vaults", this.tag, (kept) => kept && { ...kept, seq: kept.seq + 1 });
    if (!row) throw new Error("erased"); // in another tab
    return row.seq;
  }
}
