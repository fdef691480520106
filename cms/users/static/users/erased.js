// The last page, after she erased everything: what she kept on this phone goes too, if she wants. Nobody is signed in.
import { eraseVault } from "../theme/offline/erase.js";
import * as vaults from "../theme/offline/vault.js";

const place = document.querySelector("[data-erased]");
const find = (name) => place.querySelector(`[data-${name}]`);
const { user } = place.dataset;
delete place.dataset.user; // not longer in the page than it takes to read it

const mine = await vaults.find(user).catch(() => undefined); // a private window has no database
if (mine) {
  find("here").hidden = false;
  find("other").hidden = true;
  find("erase").addEventListener("click", async (event) => {
    event.currentTarget.disabled = true;
    await eraseVault(mine); // hers alone: others may keep work on this phone
    find("here").hidden = true;
    find("done").hidden = false;
    find("done").focus();
  });
}
