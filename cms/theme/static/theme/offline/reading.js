// A module on this phone: its lessons and its test, and what she does in them.
import { addressOf, index } from "./download.js";
import * as queue from "./queue.js";
import { clone, entitle, find, go, instead, refusal, say, sayCount, showError, when } from "./page.js";
import { safeHtml } from "./html.js";
import * as store from "./store.js";

const WORK = () => ({ done: {}, places: {}, answers: {}, boxes: {}, submitted: {}, refused: {} });
const button = (name, section) => section.querySelector(`[data-do="${name}"]`);
const readWork = (vault) => vault.read("work", WORK());

// Queue the event first, then remember it: what is remembered is never without its event.
async function act(vault, box, event, note, remember = () => {}) {
  const before = (await readWork(vault)).boxes[box];
  const id = await queue.add(vault, event, { note, replaces: before });
  await vault.update("work", WORK(), (work) => {
    work.boxes[box] = id;
    remember(work, id);
  });
  return id;
}

async function load(vault, key) {
  const module = (await index(vault)).modules[key];
  return { module, copy: module.now, pack: await vault.read(module.now.name), work: await readWork(vault) };
}

const isDone = (work, lesson) => lesson.is_done || Boolean(work.done[lesson.key]);
const hasNews = (work, { has_news: said, key, version }) => said && work.done[key] !== version; // it stays finished

export async function drawModule(section, vault, key) {
  const { module, pack, work } = await load(vault, key);
  find("number", section).textContent = module.number;
  entitle(find("title", section), module);
  const list = find("lessons", section);
  const firstOpen = pack.lessons.findIndex((lesson) => !isDone(work, lesson));
  const rows = pack.lessons.map((lesson, at) => {
    const state = isDone(work, lesson) ? "finished" : "not_yet";
    const news = hasNews(work, lesson) ? ` · ${say("news")}` : "";
    const row = makeRow(lesson, say(state) + news, state === "finished", at === firstOpen);
    row.firstElementChild.addEventListener("click", () => openLesson(go, vault, key, at));
    return row;
  });
  if (pack.test) {
    const handedIn = Boolean(work.submitted[pack.test.attempt]);
    const state = handedIn ? say("handed_in") : say("questions", { n: pack.test.questions });
    const row = makeRow(pack.test, `${say("test")} · ${state}`, handedIn, firstOpen < 0 && !handedIn);
    row.firstElementChild.addEventListener("click", () => go("test", (place) => drawTest(place, vault, key)));
    rows.push(row);
  }
  list.replaceChildren(...rows);
  when("no-test", module.has_test && !pack.test, section);
  return () => list.replaceChildren();
}

function makeRow(what, state, done, current) {
  const row = clone("lesson");
  entitle(row.querySelector(".knot__title"), what);
  row.querySelector(".knot__state").textContent = state;
  if (!done) row.querySelector(".knot__mark").replaceChildren();
  row.classList.add(`knot--${done ? "done" : current ? "current" : "todo"}`);
  if (current) row.firstElementChild.setAttribute("aria-current", "step");
  return row;
}

// Put the HTML of a package on the page, with its sounds and pictures. Returns how to take it away.
function unfold(section, vault, copy, pack, html) {
  const body = find("body", section);
  const { nodes, media } = safeHtml(html);
  body.replaceChildren(...nodes);
  document.dispatchEvent(new CustomEvent("content:added", { detail: body }));
  const made = [];
  let isGone = false;
  const fill = async () => {
    for (const { element, src } of media) {
      const file = pack.files.find((one) => one.src === src);
      if (!file || isGone) continue;
      made.push(await addressOf(vault, copy, file.sha256));
      element.src = made.at(-1);
    }
    if (isGone) made.forEach((address) => URL.revokeObjectURL(address));
  };
  fill();
  return () => {
    isGone = true;
    body.querySelectorAll("audio, video").forEach((player) => player.pause());
    body.replaceChildren();
    made.forEach((address) => URL.revokeObjectURL(address));
  };
}

const openLesson = (how, vault, key, at) => how("lesson", (section) => drawLesson(section, vault, key, at));

async function drawLesson(section, vault, key, at) {
  const { module, copy, pack, work } = await load(vault, key);
  const lesson = pack.lessons[at];
  const { ticket } = pack;
  entitle(find("module-title", section), module);
  entitle(find("title", section), lesson);
  find("minutes", section).textContent = sayCount("minutes", lesson.minutes);
  const show = (done, news) => {
    when("done", done, section);
    when("news", news, section);
    when("first", !news, section);
    when("open", !done || news, section);
  };
  show(isDone(work, lesson), hasNews(work, lesson));
  const fold = unfold(section, vault, copy, pack, lesson.html);
  const ending = new AbortController();
  const { signal } = ending;
  const before = button("before", section);
  const after = button("after", section);
  before.hidden = at === 0;
  after.hidden = at === pack.lessons.length - 1;
  before.addEventListener("click", () => openLesson(instead, vault, key, at - 1), { signal });
  after.addEventListener("click", () => openLesson(instead, vault, key, at + 1), { signal });
  const finish = button("finish", section);
  const complete = async () => {
    const now = await readWork(vault);
    if (finish.disabled || (isDone(now, lesson) && !hasNews(now, lesson))) return;
    finish.disabled = true;
    const event = { ticket, kind: "lesson.completed", version: lesson.version };
    const note = ["note_completed", lesson.title];
    try {
      await act(vault, `done ${lesson.version}`, event, note, (kept) => (kept.done[lesson.key] = lesson.version));
      show(true, false);
    } finally {
      finish.disabled = false;
    }
  };
  document.addEventListener("lesson:answered", complete, { signal }); // every self-check has an answer
  finish.addEventListener(
    "click",
    async () => {
      await complete();
      (after.hidden ? button("back", section) : after).focus();
    },
    { signal },
  );
  resume(section, work.places[lesson.key] ?? lesson.place ?? 0);
  const keepPlace = ({ detail: { place } }) => {
    const event = { ticket, kind: "lesson.place", version: lesson.version, place };
    const remember = (kept) => (kept.places[lesson.key] = place);
    act(vault, `place ${lesson.key}`, event, ["note_place", lesson.title], remember).catch(() => {});
  };
  document.addEventListener("lesson:place", keepPlace, { signal }); // learning.js says it, once she rests there
  return () => {
    ending.abort();
    fold();
  };
}

// Go on where she stopped, as soon as the lesson is shown.
function resume(section, place) {
  if (!place) return;
  const goOn = () => section.querySelector(`[data-block="${place}"]`)?.scrollIntoView();
  section.addEventListener("shown", goOn, { once: true });
}

// A question of a sheet is one text made of all its fields (docs/questions.md): what is chosen or typed, joined by
// commas; where each line has a field of its own, "line:choice".
const fieldsOf = (group) => [...group.querySelectorAll("input:not([type=hidden]), select, textarea")];
function groupsOf(form) {
  const old = form.querySelectorAll(".question:not([data-question])"); // downloaded before there were kinds
  old.forEach((group) => (group.dataset.question = fieldsOf(group)[0].name));
  return [...form.querySelectorAll("[data-question]")];
}
const lineOf = ({ name }) => name.split(":")[1];
const isGiven = ({ type, checked, value }) => (["radio", "checkbox"].includes(type) ? checked : value.trim());
const answerOf = (group) =>
  fieldsOf(group)
    .filter(isGiven)
    .map((field) => (lineOf(field) ? `${lineOf(field)}:${field.value}` : field.value))
    .join(",");

function fill(group, answer) {
  const parts = answer.split(",");
  const lines = new Map(parts.map((part, at) => (part.includes(":") ? part.split(":") : [part, String(at + 1)])));
  for (const field of fieldsOf(group)) {
    if (["radio", "checkbox"].includes(field.type)) field.checked = parts.includes(field.value);
    else field.value = lineOf(field) ? (lines.get(lineOf(field)) ?? "") : answer;
  }
}

function isAnswered(group) {
  const fields = fieldsOf(group);
  const { kind } = group.dataset;
  if (kind === "numeric") return Boolean(isGiven(fields[0])) && fields[0].validity.valid;
  if (kind !== "ordering" && kind !== "matching") return fields.some(isGiven);
  const values = fields.map(({ value }) => value);
  return values.every(Boolean) && (kind === "matching" || new Set(values).size === values.length);
}

async function drawTest(section, vault, key) {
  const { module, copy, pack, work } = await load(vault, key);
  const { test, ticket } = pack;
  const { attempt } = test;
  entitle(find("module-title", section), module);
  entitle(find("title", section), test);
  showError(section);
  const fold = unfold(section, vault, copy, pack, test.html);
  const form = find("sheet", section);
  form.autocomplete = "off"; // what she chose must not lie in the browser's own memory of forms
  const given = { ...test.answers, ...work.answers[attempt] };
  const groups = groupsOf(form);
  groups.forEach((group) => fill(group, given[group.dataset.question] ?? ""));
  await showHandedIn(section, form, vault, work.submitted[attempt]);
  let saving = Promise.resolve();
  const sayTrouble = (error) => showError(section, error.name === "QuotaExceededError" ? "full" : "failed");
  form.addEventListener("change", ({ target }) => {
    const group = target.closest("[data-question]");
    const { question } = group.dataset;
    const option = answerOf(group);
    const event = { ticket, kind: "answer", attempt, question, option };
    const remember = (kept) => ((kept.answers[attempt] ??= {})[question] = option);
    const keep = () => act(vault, `answer ${attempt} ${question}`, event, ["note_answer", test.title], remember);
    saving = saving.catch(() => {}).then(keep); // one that failed stops none after it: all go again when she hands in
    saving.catch(sayTrouble);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const answers = Object.fromEntries(groups.map((group) => [group.dataset.question, answerOf(group)]));
    const missing = groups.filter((group) => !isAnswered(group));
    showError(section, missing.length ? "missing" : "", { n: missing.length });
    if (missing.length) return fieldsOf(missing[0])[0].focus();
    const busy = (is) => form.querySelectorAll("button").forEach((one) => (one.disabled = is));
    busy(true);
    try {
      await saving.catch(() => {});
      const done = { ticket, kind: "attempt.submitted", attempt, answers };
      const remember = (kept, id) => (kept.submitted[attempt] = id);
      const id = await act(vault, `submitted ${attempt}`, done, ["note_submitted", test.title], remember);
      await showHandedIn(section, form, vault, id);
    } catch (error) {
      busy(false);
      return sayTrouble(error);
    }
    scrollTo(0, 0);
    return section.querySelector("h1").focus({ preventScroll: true });
  });
  const update = async () => {
    const now = await readWork(vault);
    await showHandedIn(section, form, vault, now.submitted[attempt]);
  };
  const ending = new AbortController();
  queue.on("change", update, { signal: ending.signal });
  return () => {
    ending.abort();
    fold();
  };
}

async function showHandedIn(section, form, vault, box) {
  const row = box && (await store.get("queue", box));
  const no = row?.state === "refused" ? row : (await readWork(vault)).refused?.[box];
  when("open", !box, section);
  when("handed-in", Boolean(box), section);
  when("here-only", Boolean(row && !no), section);
  when("arrived", Boolean(box && !row && !no), section);
  when("refused", Boolean(no), section);
  find("refusal", section).textContent = no ? refusal(no) : "";
  if (!box) return;
  find("result", section).href = form.getAttribute("action");
  for (const part of form.elements) part.disabled = true;
  form.querySelectorAll("button").forEach((button) => (button.hidden = true));
}

// Taken off her list, it is still known that it was not accepted.
export const rememberRefusal = (vault, { id, code, isKept }) =>
  vault.update("work", WORK(), (work) => {
    work.refused = { ...work.refused, [id]: { code, isKept } };
  });
