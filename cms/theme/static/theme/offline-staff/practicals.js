// Practicals without signal: whom to observe, step by step, and the result explained at once.
import { clone, find, go, instead, say, showError, when } from "../offline/page.js";
import { searching } from "./register.js";
import * as work from "./work.js";

const MANY = 40;
const LONGEST = 200;
const mostOf = ({ steps, scale }) => steps.length * scale;

// [points, passed, day or null] of every attempt, those of this phone last.
function attempts(rubric, kept, woman) {
  const here = kept.observed[rubric.key]?.[woman] ?? [];
  return [...(rubric.results[woman] ?? []), ...here.map(({ points, passed }) => [points, passed, null])];
}

const stateOf = (list) => (list.length ? (list.some(([, passed]) => passed) ? "passed" : "not_passed") : "not_seen");

export function countPassed({ women }, rubric, kept) {
  const n = women.filter(({ id }) => stateOf(attempts(rubric, kept, id)) === "passed").length;
  return say("practical_counts", { n, all: women.length });
}

export async function drawPractical(section, vault, cohort, rubric) {
  const kept = await work.workOf(vault);
  find("title", section).textContent = rubric.title;
  find("counts", section).textContent = countPassed(cohort, rubric, kept);
  when("search", cohort.women.length > MANY, section);
  const rows = cohort.women.map((woman) => {
    const row = clone("line");
    const state = stateOf(attempts(rubric, kept, woman.id));
    const isHere = kept.observed[rubric.key]?.[woman.id]?.length;
    row.dataset.name = woman.name;
    row.dataset.state = state;
    row.querySelector(".roll__name").textContent = woman.name;
    row.querySelector(".roll__state").textContent = say(state) + (isHere ? ` (${say("here_only")})` : "");
    row.querySelector("button").addEventListener("click", () =>
      go("observe", (next) => drawObserve(next, vault, cohort, rubric, woman)),
    );
    return row;
  });
  find("women", section).replaceChildren(...rows);
  const ending = new AbortController();
  searching(section, rows, ending.signal);
  return () => {
    ending.abort();
    find("women", section).replaceChildren();
  };
}

const SCALES = { 1: ["step_zero", "step_one"], 2: ["level_zero", "level_one", "level_two"] };

async function drawObserve(section, vault, cohort, rubric, woman) {
  const kept = await work.workOf(vault);
  const form = section.querySelector("form");
  const place = `${rubric.key} ${woman.id}`;
  const scores = { ...kept.scores[place] };
  form.reset();
  showError(form);
  when("own", false, section);
  find("back", section).textContent = rubric.title;
  find("name", section).textContent = woman.name;
  find("title", section).textContent = rubric.title;
  const earlier = attempts(rubric, kept, woman.id).map(([points, passed, day], at) => {
    const line = document.createElement("li");
    const result = `${say(passed ? "passed" : "not_passed")}${day ? ` (${day})` : ` (${say("here_only")})`}`;
    line.textContent = say("earlier", { n: at + 1, points, most: mostOf(rubric), result });
    return line;
  });
  find("earlier", section).replaceChildren(...earlier);
  when("earlier", earlier.length > 0, section);
  find("steps", section).replaceChildren(
    ...rubric.steps.map((step) =>
      makeStep(step, rubric, scores, () =>
        work.change(vault, (now) => {
          now.scores[place] = { ...scores };
        }),
      ),
    ),
  );
  const nobody = new Option(say("nobody"), "");
  find("second", section).replaceChildren(nobody, ...cohort.trainers.map(({ id, name }) => new Option(name, id)));
  const ending = new AbortController();
  const { signal } = ending;
  form.elements.choice.addEventListener("change", () => when("own", form.elements.choice.value === "own", section), { signal });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      await save(section, vault, rubric, woman, scores, place);
    } finally {
      button.disabled = false;
    }
  }, { signal });
  return () => {
    ending.abort();
    form.reset();
    find("steps", section).replaceChildren();
    find("earlier", section).replaceChildren();
  };
}

function makeStep({ id, text, is_critical: isCritical }, { scale, levels }, scores, changed) {
  const field = clone("step");
  field.dataset.step = id;
  field.querySelector(".step__text").textContent = text;
  field.querySelector(".step__critical").hidden = !isCritical;
  field.querySelector(".step__choices").replaceChildren(
    ...SCALES[scale].map((name, points) => {
      const choice = clone("choice");
      const input = choice.querySelector("input");
      Object.assign(input, { name: `step-${id}`, value: points, checked: scores[id] === points });
      choice.querySelector("span").textContent = levels?.[points] ?? say(name);
      input.addEventListener("change", () => {
        scores[id] = points;
        changed();
      });
      return choice;
    }),
  );
  return field;
}

export function judge(rubric, scores) {
  const points = rubric.steps.reduce((sum, { id }) => sum + scores[id], 0);
  const missed = rubric.steps.filter((step) => step.is_critical && !scores[step.id]);
  const practise = rubric.steps.filter((step) => !step.is_critical && scores[step.id] < rubric.scale);
  return { points, missed, practise, passed: points >= rubric.pass_score && !missed.length };
}

async function save(section, vault, rubric, woman, scores, place) {
  const form = section.querySelector("form");
  const open = rubric.steps.filter(({ id }) => scores[id] === undefined);
  if (open.length) {
    showError(form, `steps_left_${open.length === 1 ? "one" : "many"}`, { n: open.length });
    return section.querySelector(`[data-step="${CSS.escape(open[0].id)}"] input`).focus();
  }
  const { choice, comment: own, second } = form.elements;
  const comment = (choice.value === "own" ? own.value : choice.value).replace(/[\s\p{C}]+/gu, " ").trim();
  if (comment.length > LONGEST) return showError(form, "comment_long");
  const result = judge(rubric, scores);
  try {
    const pack = await work.packOf(vault);
    const given = Object.fromEntries(rubric.steps.map(({ id }) => [id, scores[id]]));
    const facts = { enrolment: woman.id, rubric: rubric.key, scores: given, second: Number(second.value) || null, comment };
    const words = ["note_observation", { name: woman.name, title: rubric.title }];
    const box = await work.note(vault, pack, "observation.made", facts, words);
    await work.change(vault, (now) => {
      delete now.scores[place];
      const women = (now.observed[rubric.key] ??= {});
      women[woman.id] = [...(women[woman.id] ?? []), { points: result.points, passed: result.passed, box }];
    });
  } catch (error) {
    return showError(form, error.name === "QuotaExceededError" ? "full" : "failed");
  }
  return instead("result", (next) => drawResult(next, rubric, woman, result));
}

function drawResult(section, rubric, woman, { points, missed, practise, passed }) {
  const facts = { name: woman.name, points, most: mostOf(rubric), needed: rubric.pass_score };
  find("name", section).textContent = woman.name;
  find("title", section).textContent = rubric.title;
  const verdict = passed ? "result_passed" : missed.length ? "result_critical" : "result_points";
  find("verdict", section).textContent = say(verdict, facts);
  find("result", section).className = `note ${passed ? "note--success" : "note--warning"}`;
  when("passed", passed, section);
  when("not-passed", !passed, section);
  const lines = (steps) =>
    steps.map(({ text }) => {
      const line = document.createElement("li");
      line.textContent = text;
      return line;
    });
  find("missed", section).replaceChildren(...lines(missed));
  find("practise", section).replaceChildren(...lines(practise));
  when("missed", missed.length > 0, section);
  when("practise", practise.length > 0, section);
  return () => ["missed", "practise", "name"].forEach((part) => find(part, section).replaceChildren());
}
