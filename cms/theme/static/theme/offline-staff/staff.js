// The team's page for venues without signal: what is the team's in it. The rest is in ../offline/frame.js.
import { EVENTS, ask, door, unlock, life, noteOf, root, sends, showStatus, start, vault, who } from "../offline/frame.js";
import { all, begin, clone, find, refusal, say, showError, tell, when } from "../offline/page.js";
import * as queue from "../offline/queue.js";
import * as store from "../offline/store.js";
import * as vaults from "../offline/vault.js";
import * as home from "./home.js";

const PIN = /^\d{6,12}$/;
const ROW = "01234567890123456789";

// When the last thing has left, the lists are brought anew: what colleagues noted meanwhile is seen at once.
let hasWaited = false;
async function changed() {
  await showStatus();
  const { waiting } = await queue.count(vault ?? undefined);
  const hasArrived = hasWaited && !waiting;
  const isNew = !hasWaited && waiting > 0;
  hasWaited = waiting > 0;
  if (isNew && sends() && navigator.onLine) queue.send(EVENTS); // not waited for
  if (!vault) return;
  if (hasArrived) tell(); // what was said of saving is over
  if (!(hasArrived && (await home.download({ isQuiet: true })))) await home.refresh();
}

async function showWait(row) {
  const item = clone("wait");
  const [name, values] = await noteOf(row);
  find("what", item).textContent = say(name, values);
  find("why", item).textContent = row.state === "refused" ? refusal(row) : say("saved_here");
  when("kept", Boolean(row.isKept), item);
  item.querySelector('[data-do="forget"]').addEventListener("click", () => queue.forget(row.id));
  return item;
}

async function enter(opened, { isNew = false } = {}) {
  unlock(opened, root.dataset.page, { isNew });
  await begin("home", () => home.drawHome(vault));
  await showStatus();
  if (who.user) await home.download({ isQuiet: !isNew });
}

const NAMED = ["title", "name", "about", "back", "counts", "recorded", "verdict"];

// Nothing of hers stays in the page, not even hidden.
function close() {
  home.close();
  NAMED.forEach((part) => all(part).forEach((line) => line.replaceChildren()));
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

// Hers, or with no one open everybody's of the team. What trainees keep on this phone is another database.
async function erase(mine) {
  if (mine) await store.clear(mine.tag, mine.id, { withQueue: true });
  const others = mine ? (await store.keys("vaults")).length + (await store.keys("queue")).length : 0;
  if (!others) await eraseTeam();
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

const waits = (rows) => Promise.all(rows.map(showWait));
start({ pin: PIN, enter, setUp, close, waits, erase, changed, acts: { download: () => home.download() } });
