// After «we are being raided» the school's word is another one: what is kept here to read goes, at the next contact.
// What waits to be sent, and what she began and did not hand in, stays as it is: sealed, or encrypted under her PIN.
import * as signs from "./signs.js";
import * as store from "./store.js";

const UNSENT = "work"; // the record of what she noted herself: ids and answers, no lesson and no name

// True when something was wiped. The first word that a phone hears is the one it keeps.
export async function heed(word) {
  if (!word || !(await store.exists()) || !(await store.keys("vaults")).length) return false;
  const known = (await store.get("settings", "raid"))?.word;
  if (known === word) return false;
  if (known) {
    await store.wipe(UNSENT);
    signs.forgetModules();
  }
  await store.put("settings", { id: "raid", word }); // last: whoever is cut off in the middle begins again
  return Boolean(known);
}
