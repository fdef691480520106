// What both pages for phones without signal share: who opens them, what they say of what waits, when they lock.
import { Answer, NoSignal, session, signOut } from "./server.js";
import { back, begin, find, go, say, sayCount, showError, tell, when } from "./page.js";
import * as queue from "./queue.js";
import * as vaults from "./vault.js";

export const root = document.querySelector("[data-shell]");
export const EVENTS = `${root.dataset.sync}events/`;
const IDLE = (Number(root.dataset.idle) || 5) * 60_000;
const GLANCE = 1_500; // how long the door waits to learn who is signed in
const NOBODY = { user: null, token: "" };
export const life = new AbortController(); // ends when everything was erased
export let vault = null;
export let who = NOBODY;
let touched = performance.now();
let isSending = false;
let page; // what differs: {pin, enter, setUp, close, waits, erase, changed, acts}

// --- what is saved only here ----------------------------------------------------------------------------
export async function showStatus() {
  const bar = find("status");
  if (life.signal.aborted || !(await vaults.isAnyoneHere())) return void (bar.hidden = true);
  const { waiting, refused, loose } = await queue.count(vault);
  const first = waiting ? sayCount("waiting", waiting) : refused ? "" : say("all_arrived");
  const text = [first, refused ? sayCount("refused", refused) : ""].filter(Boolean).join(" ");
  const words = find("status-words");
  if (words.textContent !== text) words.textContent = text;
  bar.dataset.status = refused ? "refused" : waiting ? "waiting" : "arrived";
  bar.querySelector('[data-do="send"]').hidden = !(waiting || loose);
  bar.querySelector('[data-do="waits"]').hidden = !vault || !(waiting || refused);
  bar.hidden = false;
  when("waiting", waiting + loose > 0);
  find("count").textContent = waiting + loose ? sayCount("waiting", waiting + loose) : "";
}

// Is it sent by itself? Not before somebody keeps something here.
export const sends = () => isSending;

function keepSending() {
  if (!isSending) queue.keepSending(EVENTS, life.signal);
  isSending = true;
}

async function sendNow() {
  tell("sending");
  if (vault) await queue.retry(vault);
  const sent = await queue.send(EVENTS);
  tell(sent === null ? "not_sent" : "");
  await showStatus();
}

async function drawWaits(section) {
  const draw = async () => {
    const items = await page.waits(await queue.rows(vault));
    find("waits", section).replaceChildren(...items);
    when("empty", items.length === 0, section);
  };
  const ending = new AbortController();
  queue.on("change", () => vault && draw(), { signal: ending.signal });
  await draw();
  return () => {
    ending.abort();
    find("waits", section).replaceChildren();
  };
}

// What she sees of a box: [name of the words, values].
export async function noteOf(row) {
  const note = row.note ? await vault.decrypt(row.note, row.id).catch(() => null) : null;
  return note ?? ["note_unknown"]; // sealed before a forgotten PIN
}

// --- in and out -----------------------------------------------------------------------------------------
export async function ask() {
  try {
    who = await session();
    signingOut(who.token);
    await queue.hear(who.word);
  } catch (error) {
    if (!(error instanceof NoSignal || error instanceof Answer)) throw error;
    who = { ...NOBODY, isAway: true };
  }
}

// The quick exit signs her out too: its script looks for this form.
function signingOut(token) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "csrfmiddlewaretoken", value: token });
  document.querySelector("[data-out]").replaceChildren(field);
}

async function drawDoor(section) {
  const form = section.querySelector("form");
  form.reset();
  showError(form);
  const known = who.user ? await vaults.find(who.user) : undefined;
  when("setup-here", Boolean(known), section);
  when("setup-elsewhere", !who.user, section);
  if (known) form.elements.user.value = who.user;
  return () => form.reset();
}

async function drawSetup(section) {
  const form = section.querySelector("form");
  form.reset();
  showError(form);
  form.elements.user.value = who.user;
  when("again", Boolean(await vaults.find(who.user)), section);
  return () => form.reset();
}

export async function door() {
  if (await vaults.isAnyoneHere()) {
    const isNew = who.user && !(await vaults.find(who.user));
    return isNew ? begin("setup", drawSetup) : begin("door", drawDoor);
  }
  if (who.user) return begin("setup", drawSetup);
  when("online", !who.isAway);
  when("offline", Boolean(who.isAway));
  return begin("outside");
}

// It is open from now on. `scope`: where its worker keeps what the page needs.
export function unlock(opened, scope, { isNew = false } = {}) {
  vault = opened;
  touch();
  document.querySelector(".lock").hidden = false;
  keepSending();
  navigator.serviceWorker?.register(root.dataset.worker, { scope }).catch(() => {});
  session().then(({ word }) => queue.hear(word)).catch(() => {}); // without signal there is nothing to hear
  if (isNew) navigator.storage?.persist?.();
}

function forget() {
  if (!vault) return;
  page.close();
  vault = null;
  document.querySelector(".lock").hidden = true;
}

async function lock() {
  forget();
  await door();
  tell("locked");
  await showStatus();
}

// A raid: whoever holds the phone finds the door shut, and behind it nothing to read.
async function wiped() {
  if (vault) await lock();
  tell("raided");
  await showStatus();
}

async function openDoor(form) {
  const user = form.elements.user.value;
  const pin = form.elements.pin.value;
  if (!user.trim() || !page.pin.test(pin)) return showError(form, user.trim() ? "pin_shape" : "wrong");
  const wait = await vaults.waitFor(user);
  if (wait) return showError(form, "wait", { n: Math.ceil(wait / 1000) });
  const opened = await vaults.open(user, pin);
  if (opened) return page.enter(opened);
  form.elements.pin.value = "";
  const longer = await vaults.waitFor(user);
  showError(form, longer ? "wait" : "wrong", { n: Math.ceil(longer / 1000) });
  return form.elements.pin.focus();
}

const busy = (form, is) => form.querySelectorAll("button").forEach((button) => (button.disabled = is));
root.addEventListener("submit", async (event) => {
  const act = { door: openDoor, setup: page.setUp }[event.target.dataset.form];
  if (!act) return;
  event.preventDefault();
  busy(event.target, true);
  try {
    await act(event.target);
  } finally {
    busy(event.target, false);
  }
});

// --- erase ----------------------------------------------------------------------------------------------
async function drawErase(section) {
  when("mine", Boolean(vault), section);
  when("everyone", !vault, section);
  await showStatus();
}

async function eraseNow() {
  const mine = vault;
  forget();
  await page.erase(mine);
  await signOut(who).catch(() => {}); // without signal her session stays open: it ends by itself
  who = NOBODY;
  await showStatus();
  await begin("gone");
}

// --- buttons, time, and the beginning -------------------------------------------------------------------
const acts = {
  back,
  lock,
  send: sendNow,
  waits: () => go("waits", drawWaits),
  erase: () => go("erase", drawErase),
  "erase-now": eraseNow,
  setup: () => go("setup", drawSetup),
  reload: () => location.reload(),
};
document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-do]")?.dataset.do;
  (acts[name] ?? page.acts?.[name])?.();
});

export const touch = () => (touched = performance.now());

function watchTime() {
  ["pointerdown", "keydown", "scroll"].forEach((what) => addEventListener(what, touch, { passive: true }));
  const look = () => vault && performance.now() - touched > IDLE && lock();
  setInterval(look, 10_000);
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", forget);
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

export async function start(what) {
  page = what;
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return void begin("unusable");
  history.scrollRestoration = "manual";
  watchTime();
  queue.on("change", page.changed ?? showStatus, { signal: life.signal });
  queue.on("wiped", wiped, { signal: life.signal });
  let isAnyone;
  try {
    isAnyone = await vaults.isAnyoneHere();
  } catch {
    return void begin("unusable"); // a private window
  }
  const asking = ask();
  await (isAnyone ? Promise.race([asking, new Promise((resolve) => setTimeout(resolve, GLANCE))]) : asking);
  await door();
  await showStatus();
  if (isAnyone) keepSending();
}

addEventListener("unhandledrejection", ({ reason }) => {
  if (!life.signal.aborted) tell(reason?.name === "QuotaExceededError" ? "full" : "failed");
});
