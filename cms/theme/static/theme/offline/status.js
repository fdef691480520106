// On every other page, when this phone keeps something: say what is saved only here, and send it.
// It needs no PIN: boxes are sealed, and only their number is read. My course also says which modules are here.
import * as queue from "./queue.js";
import { session } from "./server.js";
import { stateOf } from "./signs.js";

const words = JSON.parse(localStorage.getItem("offline-words") ?? "null");
const main = document.querySelector("main");
queue.on("wiped", showModules);
let hasWaited = false;
let line;

const count = (name, n) => (n ? words[`${name}_${n === 1 ? "one" : "many"}`].replace("{n}", n) : "");

function makeLine() {
  const made = document.createElement("p");
  made.className = "note note--info";
  made.setAttribute("role", "status");
  const text = document.createElement("span");
  const link = document.createElement("a");
  link.href = words.page;
  link.textContent = words.see;
  made.append(text, " ", link);
  main.prepend(made);
  return made;
}

async function show() {
  const { waiting, refused } = await queue.count();
  hasWaited ||= waiting > 0;
  const said = [count("waiting", waiting), count("refused", refused)].filter(Boolean).join(" ");
  const text = said || (hasWaited ? words.all_arrived : "");
  if (!text && !line) return;
  line ??= makeLine();
  line.hidden = !text;
  line.firstElementChild.textContent = text;
  line.lastElementChild.hidden = !said;
}

function showModules() {
  for (const place of document.querySelectorAll("[data-module]")) {
    const state = stateOf(place.dataset.module);
    place.textContent = { here: words.here, begun: words.half_here }[state] ?? "";
    place.dataset.state = state ?? "";
  }
}

if (words && main && !document.querySelector("[data-shell]")) {
  showModules();
  queue.on("change", show);
  show().then(() => queue.keepSending(words.events));
  if (words.session) session(words.session).then(({ word }) => queue.hear(word)).catch(() => {});
}
