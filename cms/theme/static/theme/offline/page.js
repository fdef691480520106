// What every view uses: words, templates, and going from view to view without a change of address.
const root = document.querySelector("[data-shell]");
const words = JSON.parse(document.getElementById("phone-words").textContent);

export const find = (name, within = root) => within.querySelector(`[data-${name}]`);
export const all = (name, within = root) => within.querySelectorAll(`[data-${name}]`);
export const view = (name) => root.querySelector(`[data-view="${name}"]`);
export function refusal({ code, isKept }) {
  return words.refusals[isKept || code === "malformed" ? code : "no_room"] ?? words.refusals[""];
}
export const clone = (name) =>
  document.querySelector(`[data-template="${name}"]`).content.firstElementChild.cloneNode(true);

export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}
export const sayCount = (name, n, values) => say(`${name}_${n === 1 ? "one" : "many"}`, { n, ...values });

// A title of the school's, marked as being in the language in which it was written.
export function entitle(element, { title, language }) {
  element.textContent = title;
  if (language) element.lang = language;
  else element.removeAttribute("lang");
}

export function size(bytes) {
  const [unit, whole] = bytes >= 1e9 ? ["GB", 1e9] : bytes >= 1e5 ? ["MB", 1e6] : ["kB", 1e3];
  const digits = { maximumFractionDigits: unit === "kB" ? 0 : 1 };
  return `${(bytes / whole).toLocaleString(document.documentElement.lang, digits)} ${unit}`;
}

// Shows or hides what carries data-when="name".
export function when(name, is, within = root) {
  within.querySelectorAll(`[data-when="${name}"]`).forEach((part) => (part.hidden = !is));
}

export function tell(name, values) {
  const note = find("told");
  note.hidden = !name;
  find("told-words").textContent = name ? say(name, values) : "";
}

export function showError(form, name, values) {
  const line = find("error", form);
  line.hidden = !name;
  line.lastElementChild.textContent = name ? say(name, values) : "";
}

// --- from view to view: the history holds a number, and what it means is in memory only --------------------
let stack = [];
let at = 0;
let turn = 0;
let leave;

async function display() {
  const mine = ++turn;
  const { name, draw } = stack[at];
  const section = view(name);
  leave?.();
  leave = undefined;
  const ending = await draw?.(section);
  if (mine !== turn) return ending?.();
  leave = ending;
  root.querySelectorAll("[data-view]").forEach((other) => (other.hidden = other !== section));
  scrollTo(0, 0);
  section.querySelector("h1").focus({ preventScroll: true });
  section.dispatchEvent(new CustomEvent("shown"));
}

// Go on to a view. `draw(section)` fills it; what it returns is called when the view is left.
export function go(name, draw) {
  stack = [...stack.slice(0, at + 1), { name, draw }];
  at += 1;
  history.pushState({ at }, "");
  tell();
  return display();
}

// Begin anew with a view: what was open before cannot be reached by going back.
export function begin(name, draw) {
  stack = [{ name, draw }];
  at = 0;
  history.replaceState({ at }, "");
  return display();
}

// Another view in the place of this one.
export function instead(name, draw) {
  stack[at] = { name, draw };
  return display();
}

export const back = () => (at > 0 ? history.back() : undefined);

addEventListener("popstate", ({ state }) => {
  const wanted = Math.min(state?.at ?? 0, stack.length - 1);
  if (wanted < 0 || wanted === at) return;
  at = wanted;
  tell();
  display();
});
