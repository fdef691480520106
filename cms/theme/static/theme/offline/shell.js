// The page for phones without signal: who opens it, what it says of what waits, and when it locks itself.
import * as erase from "./erase.js";
import * as home from "./home.js";
import { back, begin, clone, find, go, refusal, say, sayCount, showError, tell, when } from "./page.js";
import * as queue from "./queue.js";
import * as signs from "./signs.js";
import { Answer, NoSignal, isPin, session, signOut } from "./server.js";
import { tidy } from "./download.js";
import { rememberRefusal } from "./reading.js";
import * as vaults from "./vault.js";

const root = document.querySelector("[data-shell]");
const EVENTS = `${root.dataset.sync}events/`;
const IDLE = (Number(root.dataset.idle) || 5) * 60_000;
const GLANCE = 1_500; // how long the door waits to learn who is signed in
const life = new AbortController(); // ends when everything was erased
let vault = null;
let who = { user: null, token: "" };
let touched = performance.now();

// --- what is saved only here ----------------------------------------------------------------------------
async function showStatus() {
  const bar = find("status");
  if (life.signal.aborted || !(await vaults.isAnyoneHere())) return (bar.hidden = true);
  const { waiting, refused, loose } = await queue.count(vault);
  const lines = [
    waiting ? sayCount("waiting", waiting) : refused ? "" : say("all_arrived"),
    refused ? sayCount("refused", refused) : "",
  ];
  const text = lines.filter(Boolean).join(" ");
  const words = find("status-words");
  if (words.textContent !== text) words.textContent = text;
  bar.dataset.status = refused ? "refused" : waiting ? "waiting" : "arrived";
  bar.querySelector('[data-do="send"]').hidden = !(waiting || loose);
  bar.querySelector('[data-do="waits"]').hidden = !vault || !(waiting || refused);
  bar.hidden = false;
  when("waiting", waiting + loose > 0);
  const count = find("count");
  count.textContent = waiting + loose ? sayCount("waiting", waiting + loose) : "";
  return undefined;
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
    const groups = await gather(await queue.rows(vault));
    find("waits", section).replaceChildren(...groups.map(showGroup));
    when("empty", groups.length === 0, section);
  };
  const ending = new AbortController();
  queue.on("change", () => vault && draw(), { signal: ending.signal });
  await draw();
  return () => {
    ending.abort();
    find("waits", section).replaceChildren();
  };
}

// What is the same to her stands once: ten answers of a test are one line.
async function gather(rows) {
  const groups = new Map();
  for (const row of rows) {
    const note = row.note ? await vault.decrypt(row.note, row.id).catch(() => null) : null;
    const [name, title] = note ?? ["note_unknown"]; // sealed before a forgotten PIN
    const key = JSON.stringify([name, title, row.state, row.code, row.isKept]);
    const group = groups.get(key) ?? { name, title, row, ids: [] };
    groups.set(key, group);
    group.ids.push(row.id);
  }
  return [...groups.values()];
}

function showGroup({ name, title, row, ids }) {
  const item = clone("wait");
  const many = ids.length > 1 ? ` (${ids.length})` : "";
  find("what", item).textContent = say(name, { title }) + many;
  find("why", item).textContent = row.state === "refused" ? refusal(row) : say("saved_here");
  when("kept", Boolean(row.isKept), item);
  item.querySelector('[data-do="forget"]').addEventListener("click", async () => {
    for (const id of ids) await rememberRefusal(vault, { ...row, id });
    await Promise.all(ids.map(queue.forget));
  });
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

// The quick exit signs her out too: its script looks for this form. Nobody is signed in, nothing to fill.
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
  signs.leave(told());
  keepSending();
  navigator.serviceWorker?.register(root.dataset.worker, { scope: "/" }).catch(() => {});
  if (isNew) navigator.storage?.persist?.();
  await begin("home", () => home.drawHome(vault));
  await showStatus();
  tidy(vault);
}

const told = () => ({
  events: EVENTS,
  page: root.dataset.page,
  ...Object.fromEntries(
    ["waiting_one", "waiting_many", "refused_one", "refused_many", "all_arrived", "see", "here", "half_here"].map((name) => [name, say(name, { n: "{n}" })]),
  ),
});

function forget() {
  if (!vault) return;
  home.close();
  vault = null;
  document.querySelector(".lock").hidden = true;
}

async function lock() {
  forget();
  await door();
  tell("locked");
  await showStatus();
}

const PIN = /^\d{6}$/;
const busy = (form, is) => form.querySelectorAll("button").forEach((button) => (button.disabled = is));

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

async function setUp(form) {
  const pin = form.elements.pin.value;
  if (!PIN.test(pin)) return showError(form, "pin_shape");
  try {
    await ask(); // the token may be old, and somebody else may have signed in
    if (who.user !== form.elements.user.value) return door();
    if (!(await isPin(pin, who.token))) return showError(form, "pin_differs");
  } catch (error) {
    if (error instanceof Answer && error.status === 429) return showError(form, "pin_slow");
    return showError(form, error instanceof NoSignal ? "no_signal" : "failed");
  }
  return enter(await vaults.make(who.user, pin), { isNew: true });
}

const forms = { door: openDoor, setup: setUp };
root.addEventListener("submit", async (event) => {
  const act = forms[event.target.dataset.form];
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
  home.close();
  const mine = vault;
  vault = null;
  await (mine ? erase.eraseVault(mine) : erase.eraseEverything());
  await signOut(who).catch(() => {}); // without signal her session stays open: it ends by itself
  who = { user: null, token: "" };
  document.querySelector(".lock").hidden = true;
  if (!localStorage.getItem("offline")) life.abort();
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
document.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());

function watchTime() {
  const touch = () => (touched = performance.now());
  ["pointerdown", "keydown", "scroll"].forEach((what) => addEventListener(what, touch, { passive: true }));
  root.addEventListener("timeupdate", touch, true); // she listens
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
  queue.on("change", showStatus, { signal: life.signal });
  queue.on("erased", () => location.reload());
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
