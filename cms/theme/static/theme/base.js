// Every page, the public ones too. All of them work without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, act, scope = document) => scope.querySelectorAll(selector).forEach(act);

  // What lies in sessionStorage ends with the tab; a browser may forbid it altogether.
  const note = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return undefined;
    }
  };

  // Quick exit: blank the page at once, sign out behind it, and replace it. "Back" comes to earlier pages of
  // ours: they lead out again.
  const exit = document.querySelector("[data-exit]");
  const out = document.querySelector("[data-out]");
  const blank = () => {
    root.classList.add("gone");
    document.title = "\u200b";
  };
  const leave = () => {
    blank();
    document.body.replaceChildren();
    note((kept) => kept.setItem("left", "1"));
    if (out) navigator.sendBeacon(out.action, new FormData(out));
    location.replace(exit.href);
  };
  if (exit) {
    const [arrival] = performance.getEntriesByType("navigation");
    const hasLeft = () => note((kept) => kept.getItem("left"));
    if (hasLeft() && arrival && arrival.type === "back_forward") leave();
    else note((kept) => kept.removeItem("left"));
    addEventListener("pageshow", (event) => {
      if (event.persisted && hasLeft()) leave();
    });
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

  // The help card opens on the page: neither the address nor the history tells that it was read, and the
  // house is not told who reads it.
  all("[data-help]", (link) => {
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      try {
        const answer = await fetch(link.href, { credentials: "omit", cache: "no-store", headers: { "Accept-Language": root.lang } });
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const card = document.createElement("dialog");
        card.className = "help-card";
        card.setAttribute("aria-label", link.textContent.trim());
        card.append(...page.querySelectorAll("[data-close]"), ...page.querySelector("main").children);
        card.querySelector("[data-close]").hidden = false;
        card.querySelector("[data-close]").addEventListener("click", () => card.close());
        card.addEventListener("close", () => card.remove());
        document.body.append(card);
        card.showModal();
      } catch {
        location.href = link.href;
      }
    });
  });
})();
