// What is on this phone: sessions and practicals of each cohort, and bringing them anew.
import { Closed, NoSignal, NotYours } from "../offline/server.js";
import { clone, find, go, say, tell, view, when } from "../offline/page.js";
import { drawOuting } from "./outings.js";
import { countPassed, drawPractical } from "./practicals.js";
import { aboutOf, drawRegister, momentOf, onThatDay, titleOf } from "./register.js";
import * as work from "./work.js";

let vault;

export function close() {
  vault = undefined;
  find("cohorts").replaceChildren();
}

export async function drawHome(open) {
  vault = open;
  await refresh();
}

export async function refresh() {
  if (!vault) return;
  const mine = vault;
  const [pack, kept, here] = await Promise.all([work.packOf(mine), work.workOf(mine), work.boxesHere(mine)]);
  if (mine !== vault) return;
  const cohorts = (pack?.cohorts ?? []).filter(({ sessions, rubrics }) => sessions.length + rubrics.length);
  const open = [...find("cohorts").querySelectorAll("details")].map((one) => one.open);
  find("cohorts").replaceChildren(...cohorts.map((cohort) => showCohort(cohort, kept, here)));
  find("cohorts").querySelectorAll("details").forEach((one, at) => (one.open = Boolean(open[at])));
  find("fetched").textContent = pack ? say("fetched", { moment: momentOf(pack.at) }) : "";
  note(pack ? (cohorts.length ? "" : "no_cohort") : "nothing_yet");
}

function note(name) {
  const line = find("note", view("home"));
  line.hidden = !name;
  line.lastElementChild.textContent = name ? say(name) : "";
  when("sign-in", ["sign_in_first", "other_person"].includes(name), view("home"));
}

// Anew from the server. True when it came.
export async function download({ isQuiet = false } = {}) {
  const mine = vault;
  if (!mine) return false;
  try {
    await work.fetchPack(mine);
    if (mine !== vault) return false;
    await refresh();
    if (!isQuiet) tell("downloaded");
    return true;
  } catch (error) {
    if (mine !== vault) return false;
    if (error instanceof NotYours) note("sign_in_first");
    else if (error instanceof work.OtherPerson) note("other_person");
    else if (error instanceof Closed) note("closed");
    else if (!isQuiet) tell(error instanceof NoSignal ? "no_signal" : error.name === "QuotaExceededError" ? "full" : "failed");
    return false;
  }
}

function showCohort(cohort, kept, here) {
  const part = clone("cohort");
  find("name", part).textContent = cohort.name;
  const first = cohort.sessions.filter((session) => isFirst(cohort, session, kept, here));
  const others = cohort.sessions.filter((session) => !first.includes(session));
  find("sessions", part).replaceChildren(...first.map((session) => showSession(cohort, session, kept, here)));
  find("others", part).replaceChildren(...others.map((session) => showSession(cohort, session, kept, here)));
  when("others", others.length > 0, part);
  find("rubrics", part).replaceChildren(...cohort.rubrics.map((rubric) => showRubric(cohort, rubric, kept)));
  when("practicals", cohort.rubrics.length > 0, part);
  return part;
}

// The day it is where the cohort meets, as its sessions' days are; the phone may be set to another zone.
function today({ zone }) {
  return new Date().toLocaleDateString("sv", { timeZone: zone }); // Swedish dates are ISO 8601
}

// Today's, the next one, and what was held and is not noted by everybody or waits here.
function isFirst(cohort, session, kept, here) {
  const next = cohort.sessions.find(({ day }) => day >= today(cohort));
  const isPast = session.day < today(cohort);
  return session.day === today(cohort) || session === next || (isPast && stateOf(cohort, session, kept, here).name !== "state_done");
}

function stateOf(cohort, session, kept, here) {
  const { women } = onThatDay(cohort, session);
  const said = kept.said[session.id];
  const outings = Object.values(kept.outings[session.id] ?? {});
  if (work.differences(session, said).length) return { name: "state_differs" };
  if (work.isHere(said, here) || outings.some(({ box }) => here.has(box))) return { name: "state_here" };
  const n = women.filter(({ id }) => session.marks[id]).length;
  return { name: n === 0 ? "state_none" : n < women.length ? "state_part" : "state_done", n, all: women.length };
}

function showSession(cohort, session, kept, here) {
  const row = clone("session");
  const isOuting = session.modality === "outing";
  const { name, ...values } = stateOf(cohort, session, kept, here);
  find("today", row).hidden = session.day !== today(cohort);
  find("today", row).textContent = say("today");
  find("title", row).textContent = titleOf(session);
  find("about", row).textContent = aboutOf(session);
  find("state", row).textContent = say(name, values);
  find("state", row).dataset.state = name;
  when("class", !isOuting, row);
  when("outing", isOuting, row);
  row.querySelector("button").addEventListener("click", () => {
    const mine = vault;
    if (isOuting) return go("outing", (section) => drawOuting(section, mine, cohort, session));
    return go("register", (section) => drawRegister(section, mine, cohort, session));
  });
  return row;
}

function showRubric(cohort, rubric, kept) {
  const row = clone("line");
  const mine = vault;
  row.querySelector(".roll__name").textContent = rubric.title;
  row.querySelector(".roll__state").textContent = countPassed(cohort, rubric, kept);
  row.querySelector("button").addEventListener("click", () =>
    go("practical", (section) => drawPractical(section, mine, cohort, rubric)),
  );
  return row;
}
