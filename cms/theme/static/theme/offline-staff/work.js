// What the team takes along (`pack`) and what she has noted here (`work`): both encrypted in her part of this phone.
//
// work: {me, drafts: {session: {woman: [status, minutes late]}}, scores: {rubric woman: {step: points}},
//        said: {session: {marks: {woman: [status, minutes late]}, boxes: [ids], hasArrived}},
//        observed: {rubric: {woman: [{points, passed, box}]}}, outings: {session: {woman: {left, back, pair, minutes, box}}}}
import { json, sealingKey } from "../offline/server.js";
import * as queue from "../offline/queue.js";
import * as store from "../offline/store.js";

export class OtherPerson extends Error {}

const { sync } = document.querySelector("[data-shell]").dataset;
const EMPTY = () => ({ me: null, drafts: {}, scores: {}, said: {}, observed: {}, outings: {} });

export const packOf = (vault) => vault.read("pack", null);
export const workOf = (vault) => vault.read("work", EMPTY());
export const change = (vault, alter) => vault.update("work", EMPTY(), alter);

// Ids of boxes that are still on this phone: waiting, or refused and not seen yet.
export async function boxesHere(vault) {
  return new Set((await queue.rows(vault)).filter((row) => row.state === "waiting").map(({ id }) => id));
}

export const isHere = (said, here) => Boolean(said?.boxes.some((id) => here.has(id)));

// Everything of these days, anew. Throws OtherPerson when somebody else is signed in.
export async function fetchPack(vault) {
  const pack = await json(`${sync}team/`, { headers: { "X-Device": vault.device } });
  const { me } = await change(vault, (work) => {
    work.me ??= pack.me;
  });
  if (me !== pack.me) throw new OtherPerson();
  await store.put("settings", { id: "server", key: await sealingKey() });
  await vault.write("pack", { ...pack, at: new Date().toISOString() });
  await tidy(vault, pack);
}

const sessionsOf = (pack) => Object.fromEntries(pack.cohorts.flatMap(({ sessions }) => sessions.map((one) => [one.id, one])));

// What she noted and the school has by now need not be remembered here; what differs is, until she has seen it.
async function tidy(vault, pack) {
  const here = await boxesHere(vault);
  const sessions = sessionsOf(pack);
  await change(vault, (work) => {
    for (const [id, said] of Object.entries(work.said)) {
      if (isHere(said, here)) continue;
      said.hasArrived = true;
      if (!sessions[id] || !differences(sessions[id], said).length) delete work.said[id];
    }
    for (const id of Object.keys(work.outings)) if (!sessions[id]) delete work.outings[id];
    for (const women of Object.values(work.observed)) {
      for (const [woman, list] of Object.entries(women)) women[woman] = list.filter(({ box }) => here.has(box));
    }
  });
}

// Who came later than the session lasts is late by all of it.
const isSame = ({ minutes }, mine, theirs) => mine[0] === theirs[0] && Math.min(mine[1], minutes) === theirs[1];

// The women of whom the school says something else than she does, once hers has arrived.
export function differences(session, said) {
  if (!said?.hasArrived) return [];
  return Object.entries(said.marks)
    .filter(([woman, mine]) => session.marks[woman] && !isSame(session, mine, session.marks[woman]))
    .map(([woman, mine]) => ({ woman, mine, theirs: session.marks[woman] }));
}

// A note that waits: sealed at once, and remembered under what she sees of it.
export function note(vault, pack, kind, facts, words, replaces) {
  return queue.add(vault, { kind, ticket: pack.ticket, ...facts }, { note: words, replaces });
}

// The box of an earlier word about the same that has not left yet: the new one takes its place.
export const stillHere = async (vault, id) => ((await boxesHere(vault)).has(id) ? id : undefined);
