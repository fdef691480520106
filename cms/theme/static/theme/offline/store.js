// What lies on this phone: one IndexedDB database. In clear are random ids, states, byte counts and times.
//
// settings  device key, the server's public key
// vaults    one row for each woman: her wrapped data key, found by a keyed hash of her user name
// tries     how often a PIN was wrong, by the same keyed hash
// records   encrypted JSON: her list of modules, her own work, each package
// parts     encrypted parts of files
// queue     what waits for the server, sealed to it
const NAME = document.querySelector("[data-database]")?.dataset.database ?? "phone"; // the team's page has its own
const STORES = {
  settings: "id",
  vaults: "tag",
  tries: "tag",
  records: ["vault", "name"],
  parts: ["vault", "file", "n"],
  queue: "id",
};
export const ALL = Object.keys(STORES);
let opening;

// Asking must not leave an empty database on the phone of somebody who only looked.
export async function exists() {
  if (opening || !indexedDB.databases) return true;
  return (await indexedDB.databases()).some(({ name }) => name === NAME);
}

function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onsuccess = () => {
      const forget = () => {
        asked.result.close();
        opening = undefined;
      };
      asked.result.onversionchange = forget; // another tab erases
      asked.result.onclose = () => (opening = undefined);
      resolve(asked.result);
    };
    asked.onerror = () => reject(asked.error);
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

// One transaction. `act` gets the stores; what it returns (a value, or a request) is the answer, once all is written.
async function run(names, mode, act, options) {
  const db = await database();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(names, mode, options);
    const asked = act(...names.map((name) => transaction.objectStore(name)));
    transaction.oncomplete = () => resolve(asked instanceof IDBRequest ? asked.result : asked);
    transaction.onabort = () => reject(transaction.error ?? new DOMException("Aborted", "AbortError"));
  });
}

const FIRMLY = { durability: "strict" }; // on the disk, before we say so
export const get = (name, key) => run([name], "readonly", (store) => store.get(key));
export const all = (name, range) => run([name], "readonly", (store) => store.getAll(range));
export const keys = (name, range) => run([name], "readonly", (store) => store.getAllKeys(range));
export const put = (name, row) => run([name], "readwrite", (store) => store.put(row), FIRMLY);
export const putLightly = (name, row) => run([name], "readwrite", (store) => store.put(row));
export const remove = (name, key) => run([name], "readwrite", (store) => store.delete(key), FIRMLY);

// Everything under a key of several parts.
export const under = (...prefix) => IDBKeyRange.bound(prefix, [...prefix, []]);

// Change a row in one transaction; `change` is called with the row, or undefined, and must not wait.
export async function change(name, key, alter) {
  let changed;
  await run(
    [name],
    "readwrite",
    (store) => {
      store.get(key).onsuccess = (event) => {
        changed = alter(event.target.result);
        if (changed) store.put(changed);
      };
    },
    FIRMLY,
  );
  return changed;
}

// Put the new box, and take away the waiting one that it makes needless.
export const replaceBox = (row, old) =>
  run(
    ["queue"],
    "readwrite",
    (queue) => {
      if (old) queue.delete(old);
      queue.put(row);
    },
    FIRMLY,
  );

// Everything of one vault, or of all when none is named; what waits for the server only if asked for.
export async function clear(tag, id, { withQueue }) {
  await run(["vaults", "tries", "records", "parts", "queue"], "readwrite", (vaults, tries, records, parts, queue) => {
    vaults.delete(tag);
    tries.delete(tag);
    records.delete(under(id));
    parts.delete(under(id));
    if (!withQueue) return;
    queue.openCursor().onsuccess = (event) => {
      const cursor = event.target.result;
      if (cursor?.value.vault === id) cursor.delete();
      cursor?.continue();
    };
  });
}

// What everybody keeps here to read: all records but the one called `kept`, and every part of a file.
export const wipe = (kept) =>
  run(
    ["records", "parts"],
    "readwrite",
    (records, parts) => {
      parts.clear();
      records.openCursor().onsuccess = (event) => {
        const cursor = event.target.result;
        if (cursor && cursor.value.name !== kept) cursor.delete();
        cursor?.continue();
      };
    },
    FIRMLY,
  );

export async function destroy() {
  (await database()).close();
  opening = undefined;
  return new Promise((resolve, reject) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = () => resolve();
    asked.onerror = () => reject(asked.error);
  });
}

// Without Web Locks (browsers before 2022) two tabs are not kept apart; the server applies each box once anyway.
export function locked(name, options, act = options) {
  if (!navigator.locks) return act({ name });
  return navigator.locks.request(`phone-${name}`, act === options ? {} : options, act);
}
