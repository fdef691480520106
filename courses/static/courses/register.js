/* The register counts while it is tapped, and a second tap takes a mark back. Everything works without this file. */
(() => {
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  const form = document.querySelector("[data-register]");
  if (!form) return;
  const tally = new Map();
  form.querySelectorAll("[data-count]").forEach((place) => tally.set(place.dataset.count, place.querySelector("b")));
  const holds = (row) => {
    const chosen = row.querySelector("input[type=radio]:checked");
    return (chosen && chosen.value) || row.dataset.was;
  };
  const add = (status, number) => {
    const place = tally.get(status);
    if (place) place.textContent = Number(place.textContent) + number;
  };
  form.querySelectorAll("fieldset[data-was]").forEach((row) => {
    let now = holds(row);
    const count = () => {
      const next = holds(row);
      add(now, -1);
      add(next, 1);
      now = next;
    };
    let held = row.querySelector("input[type=radio]:checked");
    row.addEventListener("click", (event) => {
      const tapped = event.target;
      if (tapped.type !== "radio") return;
      if (tapped === held) tapped.checked = false;
      held = tapped.checked ? tapped : null;
      count();
    });
  });
})();
