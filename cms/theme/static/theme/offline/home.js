// The list of modules: what the server offers, and what is on this phone.
import * as download from "./download.js";
import { Closed, NoSignal, NotYours } from "./server.js";
import { clone, entitle, find, go, say, size, tell, view, when } from "./page.js";
import { drawModule } from "./reading.js";

const FIRST_PAUSE = 5_000; // between tries to get the list; it doubles
const LONGEST_PAUSE = 80_000;
let vault;
let offered = null; // null: not known, because there is no signal or somebody else is signed in
let kept = {};
let again; // the timer of the next try, while the list is not known
let pause = FIRST_PAUSE;
const shares = new Map(); // module key → how much is here, from 0 to 1
const rows = new Map();

export async function drawHome(open) {
  if (vault !== open) {
    vault = open;
    offered = null;
    rows.clear();
    find("modules").replaceChildren();
  }
  await refresh();
  askForOffers(); // not waited for: what is here is shown at once
}

async function refresh() {
  const mine = vault;
  kept = (await download.index(vault)).modules;
  for (const module of Object.values(kept)) {
    if (module.next && !download.isRunning(module.key)) shares.set(module.key, await download.share(vault, module));
  }
  if (mine === vault) render();
}

function note(name) {
  const line = find("note", view("home"));
  line.hidden = !name;
  if (name) line.lastElementChild.textContent = say(name);
  when("sign-in", name === "sign_in_first", view("home"));
}

async function askForOffers() {
  const mine = vault;
  if (!mine) return;
  try {
    const answer = await download.offers(vault);
    if (mine !== vault) return;
    offered = answer;
    pause = FIRST_PAUSE;
    note();
  } catch (error) {
    if (mine !== vault) return;
    offered = null;
    if (error instanceof NotYours) note("sign_in_first");
    else if (error instanceof download.OtherPerson) note("other_person");
    else if (error instanceof Closed) note("closed");
    else {
      note(error instanceof NoSignal ? "no_signal" : "failed");
      clearTimeout(again);
      again = setTimeout(askForOffers, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE);
    }
  }
  render();
}

addEventListener("online", () => vault && !offered && askForOffers());

export function close() {
  download.pauseAll();
  clearTimeout(again);
  pause = FIRST_PAUSE;
  vault = undefined;
  kept = {};
  offered = null;
  rows.clear();
  find("modules").replaceChildren();
}

function listed() {
  const found = Object.fromEntries((offered ?? []).map((offer) => [offer.key, offer]));
  const merged = { ...found };
  for (const [key, module] of Object.entries(kept)) merged[key] ??= module;
  return Object.values(merged)
    .filter(({ lessons }) => lessons > 0)
    .sort((one, other) => one.number - other.number);
}

function render() {
  if (!vault) return;
  const list = find("modules");
  const shown = listed();
  for (const [key, row] of rows) {
    if (shown.some((module) => module.key === key)) continue;
    row.remove();
    rows.delete(key);
  }
  for (const module of shown) {
    if (!rows.has(module.key)) rows.set(module.key, makeRow(module.key));
    fill(rows.get(module.key), module);
  }
  shown.forEach(({ key }, at) => {
    if (list.children[at] !== rows.get(key)) list.insertBefore(rows.get(key), list.children[at] ?? null);
  });
  showSpace();
}

function makeRow(key) {
  const row = clone("module");
  row.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act) acts[act](key);
  });
  return row;
}

function stateOf(module) {
  const { now, next } = kept[module.key] ?? {};
  const offer = offered?.find(({ key }) => key === module.key);
  if (download.isRunning(module.key)) return { state: "coming", now };
  if (next) return { state: "paused", now };
  if (!now) return { state: "not_here", now };
  const isOpen = Boolean(offer) && offer.test_open !== null && offer.test_open !== now.attempt; // another sheet
  const isNew = Boolean(offer && offer.revision !== now.revision);
  return { state: isNew ? "renewed" : isOpen ? "test_open" : "here", now };
}

const BUTTONS = {
  not_here: ["download"],
  coming: ["pause"],
  paused: ["resume", "remove"],
  renewed: ["renew", "remove"],
  test_open: ["renew", "remove"],
  here: ["remove"],
};

function fill(row, module) {
  const { state, now } = stateOf(module);
  const percent = Math.floor(100 * (shares.get(module.key) ?? 0));
  const heading = find("title", row);
  heading.id = `module-${module.number}`;
  entitle(heading, module);
  find("number", row).textContent = module.number;
  const about = (module.has_test ? "about_test" : "about") + (module.lessons === 1 ? "_one" : "");
  find("about", row).textContent = say(about, { n: module.lessons, size: size(module.bytes) });
  find("state", row).textContent = say(state, { n: percent, size: size(module.bytes) });
  find("state", row).dataset.state = state;
  const bar = find("bar", row);
  bar.hidden = !["coming", "paused"].includes(state);
  find("state", row).hidden = !bar.hidden;
  find("bar-words", row).textContent = say(state, { n: percent });
  bar.querySelector("progress").value = percent;
  row.querySelectorAll("[data-act]").forEach((button) => {
    const { act } = button.dataset;
    button.hidden = !(BUTTONS[state].includes(act) || (act === "open" && now));
    button.setAttribute("aria-describedby", heading.id);
  });
}

async function showSpace() {
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  find("free").textContent = quota ? say("free", { size: size(Math.max(0, quota - usage)) }) : "";
}

async function fetchIt(key, extra = {}) {
  if (!offered) await askForOffers();
  const offer = offered?.find((one) => one.key === key);
  if (!offer) return;
  const mine = vault;
  tell();
  shares.set(key, shares.get(key) ?? 0);
  const fetching = download.fetchModule(vault, { ...offer, ...extra }, (share) => {
    shares.set(key, share);
    if (mine === vault && rows.has(key)) fill(rows.get(key), offer);
  });
  render();
  let isDone = false;
  try {
    isDone = await fetching;
    tell(isDone ? "done_download" : "other_tab");
  } catch (error) {
    explain(error);
  }
  if (mine !== vault) return;
  await refresh();
  if (isDone) offer.test_open = kept[key]?.now?.attempt ?? null; // the sheet that came is the one that is open
  render();
}

function explain(error) {
  if (error.name === "AbortError") return; // she pressed «Pause»
  if (error instanceof download.Full) tell("full");
  else if (error instanceof download.Spoilt) tell("spoilt");
  else if (error instanceof NotYours) tell("sign_in_first");
  else if (error instanceof Closed) tell("closed");
  else tell(error instanceof NoSignal ? "no_signal" : "failed");
}

const acts = {
  download: fetchIt,
  resume: fetchIt,
  renew: (key) => fetchIt(key, { isForced: true }),
  pause: (key) => download.pause(key),
  open: (key) => go("module", (section) => drawModule(section, vault, key)),
  async remove(key) {
    if (!confirm(say("remove_sure", { title: kept[key].title }))) return;
    await download.removeModule(vault, key);
    shares.delete(key);
    await refresh();
  },
};
