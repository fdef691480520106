// The team's page for venues without signal: who opens it, what waits to be sent, and when it locks itself.
import { Answer, NoSignal, session, signOut } from "../offline/server.js";
import { all, back, begin, clone, find, go, refusal, say, sayCount, showError, tell, when } from "../offline/page.js";
import * as queue from "../offline/queue.js";
import * as store from "../offline/store.js";
import * as vaults from "../offline/vault.js";
import * as home from "./home.js";

const root = document.querySelector("[data-shell]");
const EVENTS = `${root.dataset.sync}events/`;
const IDLE = (Number(root.dataset.idle) || 5) * 60_000;
const GLANCE = 1_500; // how long the door waits to learn who is signed in
const PIN = /^\d{6,12}$/;
const ROW = "01234567890123456789";
const life = new AbortController(); // ends when everything was erased
let vault = null;
let who = { user: null, token: "" };
let touched = performance.now();

// --- what is saved only here ----------------------------------------------------------------------------
async function showStatus() {
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

// When the last thing has left, the lists are brought anew: what colleagues noted meanwhile is seen at once.
let hasWaited = false;
async function onChange() {
  await showStatus();
  const { waiting } = await queue.count(vault ?? undefined);
  const hasArrived = hasWaited && !waiting;
  const isNew = !hasWaited && waiting > 0;
  hasWaited = waiting > 0;
  if (isNew && isSending && navigator.onLine) queue.send(EVENTS); // not waited for
  if (!vault) return;
  if (hasArrived) tell(); // what was said of saving is over
  if (!(hasArrived && (await home.download({ isQuiet: true })))) await home.refresh();
}

let isSending = false;
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
    const rows = await queue.rows(vault);
    find("waits", section).replaceChildren(...(await Promise.all(rows.map(showWait))));
    when("empty", rows.length === 0, section);
  };
  const ending = new AbortController();
  queue.on("change", () => vault && draw(), { signal: ending.signal });
  await draw();
  return () => {
    ending.abort();
    find("waits", section).replaceChildren();
  };
}

async function showWait(row) {
  const item = clone("wait");
  const note = row.note ? await vault.decrypt(row.note, row.id).catch(() => null) : null;
  const [name, values] = note ?? ["note_unknown", {}]; // sealed before a forgotten PIN
  find("what", item).textContent = say(name, values);
  find("why", item).textContent = row.state === "refused" ? refusal(row) : say("saved_here");
  when("kept", Boolean(row.isKept), item);
  item.querySelector('[data-do="forget"]').addEventListener("click", () => queue.forget(row.id));
  return item;
}

// --- in and out -----------------------------------------------------------------------------------------
async function ask() {
  try {
    who = await session();
    signingOut(who.token);
  } catch (error) {
    if (!(error instanceof NoSignal || error instanceof Answer)) throw error;
    who = { user: null, token: "", isAway: true };
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

async function door() {
  if (await vaults.isAnyoneHere()) {
    const isNew = who.user && !(await vaults.find(who.user));
    return isNew ? begin("setup", drawSetup) : begin("door", drawDoor);
  }
  if (who.user) return begin("setup", drawSetup);
  when("online", !who.isAway);
  when("offline", Boolean(who.isAway));
  return begin("outside");
}

async function enter(opened, { isNew = false } = {}) {
  vault = opened;
  touched = performance.now();
  document.querySelector(".lock").hidden = false;
  keepSending();
  navigator.serviceWorker?.register(root.dataset.worker, { scope: root.dataset.page }).catch(() => {});
  if (isNew) navigator.storage?.persist?.();
  await begin("home", () => home.drawHome(vault));
  await showStatus();
  if (who.user) await home.download({ isQuiet: !isNew });
}

const NAMED = ["title", "name", "about", "back", "counts", "verdict"];

// Nothing of hers stays in the page, not even hidden.
function forget() {
  if (!vault) return;
  home.close();
  NAMED.forEach((part) => all(part).forEach((line) => line.replaceChildren()));
  vault = null;
  document.querySelector(".lock").hidden = true;
}

async function lock() {
  forget();
  await door();
  tell("locked");
  await showStatus();
}

async function openDoor(form) {
  const user = form.elements.user.value;
  const pin = form.elements.pin.value;
  if (!user.trim() || !PIN.test(pin)) return showError(form, user.trim() ? "pin_shape" : "wrong");
  const wait = await vaults.waitFor(user);
  if (wait) return showError(form, "wait", { n: Math.ceil(wait / 1000) });
  const opened = await vaults.open(user, pin);
  if (opened) return enter(opened);
  form.elements.pin.value = "";
  const longer = await vaults.waitFor(user);
  showError(form, longer ? "wait" : "wrong", { n: Math.ceil(longer / 1000) });
  return form.elements.pin.focus();
}

const isEasy = (pin) => new Set(pin).size < 3 || ROW.includes(pin) || ROW.includes([...pin].reverse().join(""));

async function setUp(form) {
  const pin = form.elements.pin.value;
  if (!PIN.test(pin)) return showError(form, "pin_shape");
  if (isEasy(pin)) return showError(form, "pin_easy");
  if (pin !== form.elements.again.value) return showError(form, "pin_twice");
  await ask(); // somebody else may have signed in meanwhile
  if (who.isAway) return showError(form, "no_signal");
  if (who.user !== form.elements.user.value) return door();
  return enter(await vaults.make(who.user, pin), { isNew: true });
}

const forms = { door: openDoor, setup: setUp };
root.addEventListener("submit", async (event) => {
  const act = forms[event.target.dataset.form];
  if (!act) return;
  event.preventDefault();
  const buttons = event.target.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  try {
    await act(event.target);
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
});

// --- erase ----------------------------------------------------------------------------------------------
async function drawErase(section) {
  when("mine", Boolean(vault), section);
  when("everyone", !vault, section);
  await showStatus();
}

// Hers, or with no one open everybody's of the team. What trainees keep on this phone is another database.
async function eraseNow() {
  const mine = vault;
  forget();
  if (mine) await store.clear(mine.tag, mine.id, { withQueue: true });
  const others = mine ? (await store.keys("vaults")).length + (await store.keys("queue")).length : 0;
  if (!others) await eraseTeam();
  await signOut(who).catch(() => {}); // without signal her session stays open: it ends by itself
  who = { user: null, token: "" };
  await showStatus();
  await begin("gone");
}

async function eraseTeam() {
  life.abort();
  await store.destroy();
  const names = (await caches.keys()).filter((name) => name.startsWith("team-"));
  await Promise.all(names.map((name) => caches.delete(name)));
  const page = new URL(root.dataset.page, location.href).href;
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.filter(({ scope }) => scope === page).map((worker) => worker.unregister()));
}

// --- buttons, time, and the beginning -------------------------------------------------------------------
const acts = {
  back,
  lock,
  send: sendNow,
  download: () => home.download(),
  waits: () => go("waits", drawWaits),
  erase: () => go("erase", drawErase),
  "erase-now": eraseNow,
  setup: () => go("setup", drawSetup),
  reload: () => location.reload(),
};
document.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());

function watchTime() {
  const touch = () => (touched = performance.now());
  ["pointerdown", "keydown", "scroll"].forEach((what) => addEventListener(what, touch, { passive: true }));
  const look = () => vault && performance.now() - touched > IDLE && lock();
  setInterval(look, 10_000);
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", forget);
  addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
}

async function start() {
  if (!globalThis.crypto?.subtle || !globalThis.indexedDB) return void begin("unusable");
  history.scrollRestoration = "manual";
  watchTime();
  queue.on("change", onChange, { signal: life.signal });
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
start();
