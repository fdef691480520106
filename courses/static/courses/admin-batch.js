/* The bar of a batch moves by itself. Without this file, reloading the page shows the same. */
(() => {
  const batch = document.querySelector("[data-batch]");
  if (!batch) return;
  const part = (name) => batch.querySelector(`[data-${name}]`);
  const number = (name) => Number(part(name).textContent);
  const put = (name, value) => {
    const element = part(name);
    if (element.textContent !== String(value)) element.textContent = value;
  };
  const seen = { failed: number("failed"), paused: number("paused") };
  const reload = part("reload");
  if (reload) reload.hidden = true;

  const look = async () => {
    if (document.hidden) {
      setTimeout(look, 2000);
      return;
    }
    try {
      const answer = await fetch(batch.dataset.batch, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const facts = await answer.json();
      const bar = batch.querySelector("progress");
      bar.max = facts.total;
      bar.value = facts.done;
      ["done", "remaining", "paused", "failed", "words"].forEach((name) => put(name, facts[name]));
      part("paused").parentElement.hidden = !facts.paused;
      const hasChanged = facts.failed > seen.failed || (facts.paused > 0) !== (seen.paused > 0);
      if (hasChanged || !facts.remaining) {
        window.location.reload();
        return;
      }
      if (facts.paused === facts.remaining) return; // nothing moves until somebody lets it go on
    } catch { /* no signal for a moment: ask again */ }
    setTimeout(look, 2000);
  };
  if (number("remaining") > seen.paused) setTimeout(look, 2000);
})();
