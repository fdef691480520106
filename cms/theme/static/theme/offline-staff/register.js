// The register without signal: everybody is proposed as present, she touches who was not, and confirms a count.
import { clone, find, go, say, sayCount, showError, tell, when } from "../offline/page.js";
import * as work from "./work.js";

const SIGNS = { present: "✓", late: "◔", excused: "J", absent: "✗", made_up: "R" };
const ORDER = ["present", "late", "excused", "absent", "made_up"];
const CHUNK = 150; // marks in one event: all of them together fit into a box
const MANY = 40; // from so many women on, she may search a name

// «Class 3: Contraception»; a session that is called what it is has one name only.
export function titleOf({ modality, number, title }) {
  const kind = say(modality, { n: number });
  return plain(kind) === plain(title) ? title : `${kind}: ${title}`;
}

export function aboutOf({ day, begins, ends }) {
  const date = new Date(`${day}T12:00:00`);
  const words = date.toLocaleDateString(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" });
  return say("when", { day: words, begins, ends });
}

export const momentOf = (at) =>
  new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

export function markWords([status, late]) {
  return `${SIGNS[status]} ${status === "late" && late ? say("late_by", { n: late }) : say(status)}`;
}

// «27 present · 1 absent»
function counts(marks) {
  const found = {};
  for (const [status] of Object.values(marks)) found[status] = (found[status] ?? 0) + 1;
  return ORDER.filter((status) => found[status])
    .map((status) => sayCount(`counts_${status}`, found[status]))
    .join(" · ");
}

// What stands on her page: what she touched, else what she confirmed here, else what is in force, else present.
export function proposed({ women }, session, kept) {
  const said = kept.said[session.id];
  const mine = { ...(said && !said.hasArrived ? said.marks : {}), ...kept.drafts[session.id] };
  const marks = {};
  for (const { id } of women) marks[id] = mine[id] ?? session.marks[id]?.slice(0, 2) ?? ["present", 0];
  return marks;
}

// Who joined the cohort after that day is marked at the desk, if at all: nobody proposes her here.
export const onThatDay = (cohort, session) => ({
  ...cohort,
  women: cohort.women.filter(({ id, since }) => !(since > session.day) || session.marks[id]),
});

export async function drawRegister(section, vault, whole, session) {
  const cohort = onThatDay(whole, session);
  const kept = await work.workOf(vault);
  const marks = proposed(cohort, session, kept);
  find("title", section).textContent = titleOf(session);
  find("about", section).textContent = aboutOf(session);
  when("early", new Date(session.starts_at) > new Date(), section);
  when("search", cohort.women.length > MANY, section);
  showRecorded(section, cohort, session);
  showDifferences(section, cohort, session, kept);
  const count = () => (find("counts", section).textContent = counts(marks));
  const rows = cohort.women.map((woman) => makeRow(woman, marks, async () => {
    count();
    await work.change(vault, ({ drafts }) => {
      drafts[session.id] = { ...drafts[session.id], [woman.id]: marks[woman.id] };
    });
  }));
  find("roll", section).replaceChildren(...rows);
  count();
  const ending = new AbortController();
  searching(section, rows, ending.signal);
  const on = (name, act) =>
    section.querySelector(`[data-do="${name}"]`).addEventListener("click", act, { signal: ending.signal });
  on("check", () => {
    const bad = cohort.women.findIndex(({ id }) => marks[id][0] === "late" && !marks[id][1]);
    if (bad < 0) return go("confirm", (next) => drawConfirm(next, vault, cohort, session, marks));
    tell("minutes_needed");
    return rows[bad].querySelector("input").focus();
  });
  on("seen", async () => {
    await work.change(vault, ({ said }) => delete said[session.id]);
    when("differs", false, section);
  });
  return () => {
    ending.abort();
    find("roll", section).replaceChildren();
    find("differences", section).replaceChildren();
    find("recorded", section).replaceChildren();
  };
}

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

export function searching(section, rows, signal) {
  const field = find("search", section);
  field.value = "";
  const look = () => rows.forEach((row) => (row.hidden = !plain(row.dataset.name).includes(plain(field.value))));
  field.addEventListener("input", look, { signal });
}

// What is in force already: of how many, by whom and when last. What she sends now is a correction.
function showRecorded(section, { women }, session) {
  const noted = women.map(({ id }) => session.marks[id]).filter(Boolean);
  const [, , , name, at] = noted.reduce((last, one) => (last[4] >= one[4] ? last : one), noted[0] ?? []);
  const counted = say(noted.length < women.length ? "state_part" : "state_done", { n: noted.length, all: women.length });
  const last = at ? ` ${say("recorded_last", { name, moment: momentOf(at) })}` : "";
  find("recorded", section).textContent = noted.length ? `${counted}.${last}` : "";
  when("recorded", noted.length > 0, section);
  when("open", noted.length === 0, section);
  when("rest", noted.length > 0 && noted.length < women.length, section);
}

function showDifferences(section, { women }, session, kept) {
  const names = Object.fromEntries(women.map(({ id, name }) => [id, name]));
  const found = work.differences(session, kept.said[session.id]).map(({ woman, mine, theirs }) => {
    const line = document.createElement("li");
    const by = say("noted_by", { name: theirs[3] });
    line.textContent = say("differs", { name: names[woman], mine: markWords(mine), theirs: markWords(theirs), by });
    return line;
  });
  find("differences", section).replaceChildren(...found);
  when("differs", found.length > 0, section);
}

function makeRow(woman, marks, changed) {
  const row = clone("woman");
  const [button, choices] = [row.querySelector(".roll__row"), row.querySelector(".roll__choices")];
  const [late, minutes] = [row.querySelector(".roll__late"), row.querySelector("input")];
  row.dataset.name = woman.name;
  row.querySelector(".roll__name").textContent = woman.name;
  const show = () => {
    const [status, by] = marks[woman.id];
    row.querySelector(".roll__state").textContent = markWords([status, by]);
    row.dataset.status = status;
    late.hidden = status !== "late";
    if (status === "late" && by) minutes.value = by;
    row.querySelectorAll("[data-status]").forEach((one) => one.setAttribute("aria-pressed", one.dataset.status === status));
  };
  const open = (is) => {
    choices.hidden = !is;
    button.setAttribute("aria-expanded", is);
  };
  button.addEventListener("click", () => open(choices.hidden));
  choices.addEventListener("click", ({ target }) => {
    const status = target.closest("[data-status]")?.dataset.status;
    if (!status) return;
    marks[woman.id] = [status, status === "late" ? Number(minutes.value) || 0 : 0];
    show();
    changed();
    if (status === "late") minutes.focus();
    else {
      open(false);
      button.focus();
    }
  });
  minutes.addEventListener("input", () => {
    const wanted = /^\d{1,3}$/.test(minutes.value) ? Number(minutes.value) : 0;
    marks[woman.id] = ["late", wanted];
    row.querySelector(".roll__state").textContent = markWords(marks[woman.id]);
    changed();
  });
  show();
  return row;
}

async function drawConfirm(section, vault, cohort, session, marks) {
  find("title", section).textContent = titleOf(session);
  when("recorded", Object.keys(session.marks).length > 0, section);
  find("counts", section).textContent = counts(marks);
  const exceptions = cohort.women.filter(({ id }) => marks[id][0] !== "present");
  const lines = exceptions.map(({ id, name }) => {
    const line = document.createElement("li");
    line.textContent = `${name}: ${markWords(marks[id])}`;
    return line;
  });
  if (!lines.length) {
    const line = document.createElement("li");
    line.textContent = say("everyone_present");
    lines.push(line);
  }
  find("exceptions", section).replaceChildren(...lines);
  showError(section);
  const button = section.querySelector('[data-do="confirm"]');
  const ending = new AbortController();
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const isNew = await confirmRegister(vault, session, marks);
      await back2();
      tell(isNew ? "register_kept" : "nothing_new");
    } catch (error) {
      showError(section, error.name === "QuotaExceededError" ? "full" : "failed");
    } finally {
      button.disabled = false;
    }
  }, { signal: ending.signal });
  button.disabled = false;
  return () => {
    ending.abort();
    find("exceptions", section).replaceChildren();
  };
}

const back2 = () =>
  new Promise((resolve) => {
    addEventListener("popstate", () => setTimeout(resolve), { once: true });
    history.go(-2);
  });

// What is not noted anywhere yet, or differs from what is in force; and what she noted here before about them.
export async function confirmRegister(vault, session, marks) {
  const pack = await work.packOf(vault);
  const kept = await work.workOf(vault);
  const before = kept.said[session.id];
  const earlier = before && !before.hasArrived ? before : { marks: {}, boxes: [] };
  const inForce = (id) => session.marks[id];
  const isNews = (id) => {
    const said = earlier.marks[id] ?? inForce(id);
    return !said || said[0] !== marks[id][0] || said[1] !== marks[id][1];
  };
  if (!Object.keys(marks).some(isNews)) {
    await work.change(vault, ({ drafts }) => delete drafts[session.id]);
    return false;
  }
  const told = Object.keys(marks)
    .filter((id) => marks[id][0] !== "made_up" && (isNews(id) || earlier.marks[id]))
    .sort();
  const boxes = [];
  for (let at = 0; at < told.length; at += CHUNK) {
    const part = told.slice(at, at + CHUNK);
    const facts = Object.fromEntries(part.map((id) => [id, [...marks[id], inForce(id)?.[2] ?? null]]));
    const replaces = await work.stillHere(vault, earlier.boxes[at / CHUNK]);
    const words = ["note_register", { title: titleOf(session) }];
    boxes.push(await work.note(vault, pack, "register.confirmed", { session: session.id, marks: facts }, words, replaces));
  }
  await work.change(vault, ({ drafts, said }) => {
    delete drafts[session.id];
    said[session.id] = { marks: Object.fromEntries(told.map((id) => [id, marks[id]])), boxes };
  });
  return true;
}
