// Field outings without signal: who went with whom, from when to when. No places, no other people.
import { find, say, sayCount, showError, tell, when } from "../offline/page.js";
import { aboutOf, confirmRegister, markWords, onThatDay, titleOf } from "./register.js";
import * as work from "./work.js";

const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const counted = (session, left, back) => Math.min(session.minutes, minutesOf(back) - minutesOf(left));
const markOf = (session, minutes) => (minutes < session.minutes ? ["late", session.minutes - minutes] : ["present", 0]);
const isSame = (one, other) => one[0] === other[0] && one[1] === other[1];

export async function drawOuting(section, vault, whole, session) {
  const cohort = onThatDay(whole, session);
  const form = section.querySelector("form");
  const names = Object.fromEntries(cohort.women.map(({ id, name }) => [id, name]));
  const { one, two, left, back } = form.elements;
  find("title", section).textContent = titleOf(session);
  find("about", section).textContent = aboutOf(session);
  const choices = () => cohort.women.map(({ id, name }) => new Option(name, id));
  const reset = () => {
    one.replaceChildren(new Option("", ""), ...choices());
    two.replaceChildren(new Option(say("nobody"), ""), ...choices());
    [left.value, back.value] = [session.begins, session.ends];
    showError(form);
    showMinutes();
  };
  const showMinutes = () => {
    const n = left.value && back.value ? counted(session, left.value, back.value) : 0;
    find("minutes", section).textContent = n > 0 ? say("minutes_counted", { n, all: session.minutes }) : "";
  };
  const isOpen = (kept, id) => !kept.outings[session.id]?.[id] && !session.marks[id] && !kept.said[session.id]?.marks[id];
  const show = async () => {
    const [kept, here] = await Promise.all([work.workOf(vault), work.boxesHere(vault)]);
    const lines = cohort.women.filter(({ id }) => !isOpen(kept, id)).map(({ id }) => {
      const line = document.createElement("li");
      line.className = "wait";
      line.textContent = lineOf(session, id, kept, here, names);
      return line;
    });
    find("noted", section).replaceChildren(...lines);
    when("none", !lines.length, section);
    when("missing", lines.length > 0 && lines.length < cohort.women.length, section);
  };
  const ending = new AbortController();
  const { signal } = ending;
  form.addEventListener("input", showMinutes, { signal });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await save(form, vault, session, names)) {
      reset();
      await show();
      tell("outing_kept");
      one.focus();
    }
  }, { signal });
  section.querySelector('[data-do="absent"]').addEventListener("click", async () => {
    const kept = await work.workOf(vault);
    const others = cohort.women.filter(({ id }) => isOpen(kept, id)).map(({ id }) => id);
    if (!others.length || !confirm(sayCount("absent_sure", others.length))) return;
    const marks = Object.fromEntries(others.map((id) => [id, ["absent", 0]]));
    const before = kept.said[session.id]?.hasArrived ? {} : kept.said[session.id]?.marks;
    await confirmRegister(vault, session, { ...before, ...marks });
    await show();
  }, { signal });
  reset();
  await show();
  return () => {
    ending.abort();
    [one, two, find("noted", section)].forEach((part) => part.replaceChildren());
  };
}

function lineOf(session, id, kept, here, names) {
  const noted = kept.outings[session.id]?.[id];
  const mark = kept.said[session.id]?.marks[id] ?? session.marks[id];
  if (!noted && ["present", "late"].includes(mark[0])) {
    return `${names[id]}: ${say("minutes_counted", { n: session.minutes - mark[1], all: session.minutes })}`;
  }
  if (!noted) return `${names[id]}: ${markWords(mark)}`;
  const told = say("outing_line", { name: names[id], left: noted.left, back: noted.back, n: noted.minutes });
  const line = noted.pair && names[noted.pair] ? `${told}, ${say("outing_with", { name: names[noted.pair] })}` : told;
  const isOther = mark && !here.has(noted.box) && !isSame(mark, markOf(session, noted.minutes));
  return isOther ? `${line}. ${say("in_register", { mark: markWords(mark) })}` : line;
}

// What stands in the register, and this note would make something else of it: she is asked before.
function changed(session, kept, id, mark) {
  const said = kept.said[session.id];
  const now = (said?.hasArrived ? null : said?.marks[id]) ?? session.marks[id];
  const noted = kept.outings[session.id]?.[id];
  if (!now || isSame(now, mark) || (noted && isSame(now, markOf(session, noted.minutes)))) return null;
  return now;
}

function isSure(session, kept, women, mark, names) {
  const lines = women.flatMap((id) => {
    const now = changed(session, kept, id, mark);
    return now ? [`${names[id]}: ${markWords(now)} → ${markWords(mark)}`] : [];
  });
  return !lines.length || confirm([say("outing_changes"), ...lines].join("\n"));
}

async function save(form, vault, session, names) {
  const [one, two] = [form.elements.one.value, form.elements.two.value];
  const [left, back] = [form.elements.left.value.slice(0, 5), form.elements.back.value.slice(0, 5)];
  if (!one) return showError(form, "woman_needed");
  if (one === two) return showError(form, "pair_same");
  if (!left || !back || counted(session, left, back) <= 0) return showError(form, "times_wrong");
  showError(form);
  const mark = markOf(session, counted(session, left, back));
  if (!isSure(session, await work.workOf(vault), two ? [one, two] : [one], mark, names)) return false;
  try {
    const pack = await work.packOf(vault);
    for (const [woman, pair] of two ? [[one, two], [two, one]] : [[one, null]]) {
      const earlier = (await work.workOf(vault)).outings[session.id]?.[woman];
      const replaces = await work.stillHere(vault, earlier?.box);
      const words = ["note_outing", { name: names[woman], title: titleOf(session) }];
      const known = session.marks[woman]?.[2] ?? null;
      const facts = { session: session.id, enrolment: woman, pair_with: pair, known, left, back };
      const box = await work.note(vault, pack, "outing.noted", facts, words, replaces);
      await work.change(vault, ({ outings }) => {
        const minutes = counted(session, left, back);
        (outings[session.id] ??= {})[woman] = { left, back, pair, minutes, box };
      });
    }
    return true;
  } catch (error) {
    return showError(form, error.name === "QuotaExceededError" ? "full" : "failed");
  }
}
