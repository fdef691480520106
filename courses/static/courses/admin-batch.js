/* The bar of a batch moves by itself. Without this file, reloading the page shows the same. */
(() => {
  const batch = document.querySelector("[data-batch]");
  if (!batch) return;
  const put = (name, value) => { batch.querySelector(`[data-${name}]`).textContent = value; };
  const look = async () => {
    try {
      const answer = await fetch(batch.dataset.batch, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const facts = await answer.json();
      const before = Number(batch.querySelector("[data-failed]").textContent);
      const bar = batch.querySelector("progress");
      bar.max = facts.total;
      bar.value = facts.done;
      ["done", "remaining", "failed"].forEach((name) => put(name, facts[name]));
      if (facts.failed > before || !facts.remaining) {
        window.location.reload();
        return;
      }
    } catch { /* no signal for a moment: ask again */ }
    setTimeout(look, 2000);
  };
  if (Number(batch.querySelector("[data-remaining]").textContent)) setTimeout(look, 2000);
})();
