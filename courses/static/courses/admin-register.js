/* The register counts while it is filled in. Everything works without this file. */
(() => {
  const print = document.querySelector("[data-print]");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  const form = document.querySelector("[data-register]");
  if (!form) return;
  const rows = [...form.querySelectorAll("fieldset")];
  const chosen = (row) => row.querySelector("input[type=radio]:checked");
  const count = () => {
    const tally = {};
    rows.forEach((row) => {
      const mark = chosen(row) ? chosen(row).value : "";
      tally[mark] = (tally[mark] || 0) + 1;
    });
    form.querySelectorAll("[data-count]").forEach((place) => {
      place.querySelector("b").textContent = tally[place.dataset.count] || 0;
    });
  };
  form.querySelector("[data-register-tools]").hidden = false;
  form.querySelector("[data-register-all]").addEventListener("click", (event) => {
    const status = event.currentTarget.dataset.registerAll;
    rows.filter((row) => !chosen(row)).forEach((row) => {
      row.querySelector(`input[value=${status}]`).checked = true;
    });
    count();
  });
  form.addEventListener("change", (event) => {
    if (event.target.value === "late" && event.target.checked) {
      event.target.closest("fieldset").querySelector("input[type=number]").focus({ preventScroll: true });
    }
    count();
  });
  count();
})();
