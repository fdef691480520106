// The trainees' page for phones without signal: what is theirs in it. The rest is in frame.js.
import * as erase from "./erase.js";
import * as home from "./home.js";
import { begin, clone, find, refusal, say, showError, when } from "./page.js";
import { EVENTS, ask, door, unlock, life, noteOf, root, showStatus, start, touch, vault, who } from "./frame.js";
import * as queue from "./queue.js";
import * as signs from "./signs.js";
import { Answer, NoSignal, isPin } from "./server.js";
import { tidy } from "./download.js";
import { rememberRefusal } from "./reading.js";
import * as vaults from "./vault.js";

// What is the same to her stands once: ten answers of a test are one line.
async function waits(rows) {
  const groups = new Map();
  for (const row of rows) {
    const [name, title] = await noteOf(row);
    const key = JSON.stringify([name, title, row.state, row.code, row.isKept]);
    const group = groups.get(key) ?? { name, title, row, ids: [] };
    groups.set(key, group);
    group.ids.push(row.id);
  }
  return [...groups.values()].map(showGroup);
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

async function enter(opened, { isNew = false } = {}) {
  signs.leave(told());
  unlock(opened, "/", { isNew });
  await begin("home", () => home.drawHome(vault));
  await showStatus();
  tidy(vault);
}

const told = () => ({
  events: EVENTS,
  page: root.dataset.page,
  session: root.dataset.session,
  ...Object.fromEntries(
    ["waiting_one", "waiting_many", "refused_one", "refused_many", "all_arrived", "see", "here", "half_here"].map((name) => [name, say(name, { n: "{n}" })]),
  ),
});

const PIN = /^\d{6}$/;

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

async function eraseHers(mine) {
  await (mine ? erase.eraseVault(mine) : erase.eraseEverything());
  if (!localStorage.getItem("offline")) life.abort();
}

root.addEventListener("timeupdate", touch, true); // she listens
queue.on("erased", () => location.reload());
start({ pin: PIN, enter, setUp, close: home.close, waits, erase: eraseHers });
