// What she did without signal. Each event is sealed at the moment of doing; this phone cannot read it again.
import { uuid7 } from "./bytes.js";
import { heed } from "./raid.js";
import { sealForServer } from "./seal.js";
import { Answer, NoSignal, deliver } from "./server.js";
import * as store from "./store.js";

const BATCH = 50;
const SHORTEST_WAIT = 5_000;
const LONGEST_WAIT = 300_000;
const told = new EventTarget();
const others = "BroadcastChannel" in self ? new BroadcastChannel("phone") : null;
if (others) others.onmessage = ({ data }) => told.dispatchEvent(new Event(data));
let failures = 0;
let timer;

// "change": here or in another tab. "erased": in another tab. "wiped": by a raid, heard here or in another tab.
export const on = (what, act, options) => told.addEventListener(what, act, options);
export const sayErased = () => others?.postMessage("erased");

// What the server said of raids; nothing is waited for that a phone without signal cannot know.
export async function hear(word) {
  if (!(await heed(word))) return;
  told.dispatchEvent(new Event("wiped"));
  others?.postMessage("wiped");
}
function changed() {
  told.dispatchEvent(new Event("change"));
  others?.postMessage("change");
}

// `note` is what she sees of it in her list: encrypted under her key. `replaces`: the id of a box that it outdates.
export async function add(vault, event, { note, replaces } = {}) {
  const { key } = await store.get("settings", "server");
  const id = uuid7();
  const seq = await vault.nextNumber();
  const whole = { id, device: vault.device, seq, at: new Date().toISOString(), ...event };
  const box = await sealForServer(key, id, whole);
  const row = { id, vault: vault.id, seq, state: "waiting", box };
  row.note = note ? await vault.encrypt(note, id) : null;
  await store.replaceBox(row, replaces);
  changed();
  return id;
}

// Of one woman, or of everybody on this phone.
export async function rows(vault) {
  const found = await store.all("queue");
  const hers = vault ? found.filter((row) => row.vault === vault.id) : found;
  return hers.sort((one, other) => (one.vault < other.vault ? -1 : one.vault > other.vault ? 1 : one.seq - other.seq));
}

export async function count(vault) {
  const found = await rows(vault);
  const waiting = found.filter((row) => row.state === "waiting").length;
  const loose = found.filter((row) => row.state === "refused" && !row.isKept).length;
  return { waiting, refused: found.length - waiting, loose };
}

// What was refused and is kept nowhere else is offered once more, when she asks for it.
export async function retry(vault) {
  const loose = (await rows(vault)).filter((row) => row.state === "refused" && !row.isKept);
  for (const { id } of loose) await store.change("queue", id, (row) => row && { ...row, state: "waiting" });
}

export async function forget(id) {
  await store.remove("queue", id);
  changed();
}

// Is it decided? What the server could not keep either stays here for good: nobody else has it.
async function settle({ id, status, code, kept: isKept = false }) {
  const isCounted = ["applied", "again", "superseded"].includes(status);
  if (isCounted && !code) {
    await store.remove("queue", id);
    return true;
  }
  if (!isCounted && !["rejected", "malformed"].includes(status)) return false; // "later", or a word of a later version
  await store.change("queue", id, (row) => row && { ...row, state: "refused", code: code || status, isKept });
  return true;
}

async function sendAll(address) {
  let sent = 0;
  for (;;) {
    const waiting = (await rows()).filter((row) => row.state === "waiting").slice(0, BATCH);
    if (!waiting.length) return sent;
    const { results, word } = await deliver(waiting.map((row) => row.box), address);
    let settled = 0;
    for (const result of results) {
      if (!waiting.some((row) => row.id === result.id)) continue;
      if (await settle(result)) settled += 1;
    }
    sent += settled;
    changed();
    await hear(word);
    if (settled < waiting.length) throw new NoSignal("not all was confirmed"); // what is not confirmed stays
  }
}

// Send what waits; one tab at a time. How many arrived, or null when it must be tried later.
export async function send(address) {
  clearTimeout(timer);
  return store.locked("send", async () => {
    try {
      const sent = await sendAll(address);
      failures = 0;
      return sent;
    } catch (error) {
      if (!(error instanceof NoSignal || error instanceof Answer)) throw error;
      later(address, error.wait);
      return null;
    }
  });
}

function later(address, seconds = 0) {
  const wait = Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** failures) * (0.75 + Math.random() / 2);
  failures += 1;
  timer = setTimeout(() => send(address), Math.max(wait, seconds * 1000));
}

// Now, when the signal comes back, and when she looks at the page again.
export function keepSending(address, signal) {
  const now = () => {
    failures = 0;
    return send(address);
  };
  addEventListener("online", now, { signal });
  document.addEventListener("visibilitychange", () => document.hidden || send(address), { signal });
  signal?.addEventListener("abort", () => clearTimeout(timer));
  return now();
}
