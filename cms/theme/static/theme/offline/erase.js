// Take away every trace that this page can remove.
import { sayErased } from "./queue.js";
import * as signs from "./signs.js";
import * as store from "./store.js";

export async function eraseEverything() {
  await store.destroy();
  signs.forgetAll();
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("phone-")).map((name) => caches.delete(name)));
  const ours = new URL("/", location.href).href; // the team's page has a worker, a database and files of its own
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.filter(({ scope }) => scope === ours).map((worker) => worker.unregister()));
  sayErased();
}

// Hers only; the device key, the worker and its files go with the last woman.
export async function eraseVault({ tag, id }) {
  await store.clear(tag, id, { withQueue: true });
  signs.forget(id);
  const others = (await store.keys("vaults")).length + (await store.keys("queue")).length;
  if (!others) await eraseEverything();
}
