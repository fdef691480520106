// Enhancements only: the doors work without this file.
(() => {
  "use strict";

  // Digits are shown on request, all of a form together.
  document.querySelectorAll("[data-reveal]").forEach((button) => {
    const pins = button.form.querySelectorAll(".pin-input");
    const show = (isShown) => {
      button.setAttribute("aria-pressed", isShown);
      pins.forEach((pin) => (pin.type = isShown ? "text" : "password"));
    };
    button.hidden = false;
    button.addEventListener("click", () => show(button.getAttribute("aria-pressed") !== "true"));
    button.form.addEventListener("submit", () => show(false));
  });

  // The card's secret stands behind «#»: it goes into the form and out of the address at once.
  const code = document.querySelector("[data-card]");
  const read = () => {
    const token = location.hash.slice(1);
    if (!code || !/^[0-9A-Z]{28}$/.test(token)) return;
    history.replaceState(null, "", location.pathname);
    code.value = token;
    code.closest(".field").hidden = true;
    document.querySelector("[data-card-read]").hidden = false;
  };
  read();
  addEventListener("hashchange", read);
})();
