// Enhancements only: every page works without this file.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // Quick exit: blank the page at once, then replace it, so that "back" does not return here.
  const exit = document.querySelector("[data-exit]");
  const leave = () => {
    root.classList.add("gone");
    document.title = "\u200b";
    document.body.replaceChildren();
    location.replace(exit.href);
  };
  if (exit) {
    let presses = 0;
    let last = 0;
    exit.addEventListener("click", (event) => {
      event.preventDefault();
      leave();
    });
    addEventListener("keydown", (event) => {
      if (event.repeat) return;
      const alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey;
      presses = alone ? (event.timeStamp - last < 2000 ? presses + 1 : 1) : 0;
      last = event.timeStamp;
      if (presses === 3) leave();
    });
  }

  // The menu closes with Escape and with a touch elsewhere.
  all("[data-menu]", (menu) => {
    addEventListener("click", (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.firstElementChild.focus();
    });
  });

  // A form is sent once, however often an impatient thumb presses.
  all("form[data-once]", (form) => {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    addEventListener("pageshow", () => delete form.dataset.sent);
  });

  all("[data-focus]", (element) => element.focus());

  all("[data-print]", (button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });

  all("[data-copy]", (button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent.trim());
      button.classList.add("is-done");
    });
  });
})();
