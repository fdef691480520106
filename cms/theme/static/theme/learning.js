// What the pages of a person who is signed in do besides: lock, listen, check, keep the place.
(() => {
  "use strict";
  const root = document.documentElement;
  const out = document.querySelector("[data-out]");
  const all = (selector, act, scope = document) => scope.querySelectorAll(selector).forEach(act);
  const tell = (element, name, detail) => element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));

  // A form sent without leaving the page: the house's answer, or null when it was not reached.
  const send = async (form, fields) => {
    const data = new FormData(form);
    for (const [name, value] of Object.entries({ ...fields, quietly: "yes" })) data.set(name, value);
    try {
      return await fetch(form.action, { method: "POST", body: data, keepalive: true, redirect: "manual" });
    } catch {
      return null;
    }
  };

  // Auto-lock: a page that nobody uses asks, then covers itself at once and signs out behind the cover.
  const lock = document.querySelector("[data-lock]");
  if (lock) {
    const limit = lock.dataset.lock * 60000;
    const channel = "BroadcastChannel" in window ? new BroadcastChannel("used") : null;
    let used = Date.now();
    const use = () => {
      if (lock.open) return; // only an answer closes the question
      if (channel && Date.now() - used > 5000) channel.postMessage("");
      used = Date.now();
    };
    const signOut = async () => {
      const answer = out ? await send(out) : null;
      if (answer && answer.type === "opaqueredirect") location.replace(lock.dataset.door);
    };
    const shut = () => {
      document.title = "\u200b";
      tell(document, "page:locked");
      all("audio", (audio) => audio.pause());
      const cover = document.querySelector("[data-cover]").content.cloneNode(true);
      cover.querySelector("button").addEventListener("click", signOut);
      document.body.replaceChildren(cover);
      document.querySelector("button").focus();
      clearInterval(watch);
      signOut();
    };
    const look = () => {
      if (!lock.isConnected) return;
      if (document.querySelector(".player.is-playing")) used = Date.now();
      const idle = Date.now() - used;
      if (idle >= limit || idle < -60000) shut();
      else if (idle >= limit - 60000 && !lock.open) lock.showModal();
    };
    const watch = setInterval(look, 5000);
    lock.addEventListener("close", use);
    if (channel) {
      channel.addEventListener("message", () => {
        used = Date.now();
        lock.close();
      });
    }
    document.addEventListener("visibilitychange", look);
    for (const name of ["pointerdown", "keydown", "scroll", "input"]) {
      addEventListener(name, use, { passive: true, capture: true });
    }
    lock.querySelector("button").addEventListener("click", () => lock.close());
    // A page that the browser kept alive is asked for again: she may have signed out since.
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      root.classList.add("gone");
      document.title = "\u200b";
      location.reload();
    });
  }

  // What this phone keeps for use without signal: only then is its script loaded.
  const isKept = () => {
    try {
      return localStorage.getItem("offline") === "1";
    } catch {
      return false; // a browser may forbid it altogether
    }
  };
  if (root.dataset.phone && isKept()) addEventListener("load", () => import(root.dataset.phone).catch(() => {}));

  // The size of the letters changes at once; the form keeps it for the next page.
  all("[data-sizes]", (form) => {
    form.addEventListener("submit", (event) => {
      const chosen = event.submitter;
      if (!chosen) return;
      event.preventDefault();
      all("button", (button) => {
        root.classList.toggle(`text-${button.value}`, button === chosen);
        button.setAttribute("aria-pressed", button === chosen);
      }, form);
      send(form, { text_size: chosen.value });
    });
  });

  // Players: large buttons instead of the browser's small ones. One sound at a time, one speed for all.
  const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  const player = (figure) => {
    const audio = figure.querySelector("audio");
    const panel = figure.querySelector(".player");
    const [play, rewind, speed, seek, time] = ["play", "rewind", "speed", "seek", "time"].map((name) => panel.querySelector(`[data-${name}]`));
    const length = () => (Number.isFinite(audio.duration) && audio.duration) || Number(audio.dataset.seconds) || 0;
    const draw = () => {
      panel.classList.toggle("is-playing", !audio.paused);
      time.textContent = length() ? `${clock(audio.currentTime)} / ${clock(length())}` : clock(audio.currentTime);
      seek.max = Math.ceil(length()) || 100;
      seek.value = audio.currentTime;
      seek.setAttribute("aria-valuetext", time.textContent);
    };
    audio.controls = false;
    panel.hidden = false;
    play.addEventListener("click", () => (audio.paused ? audio.play().catch(() => {}) : audio.pause()));
    rewind.addEventListener("click", () => (audio.currentTime = Math.max(0, audio.currentTime - 10)));
    seek.addEventListener("input", () => (audio.currentTime = seek.value));
    speed.addEventListener("change", () => all("[data-player]", (other) => {
      other.querySelector("[data-speed]").value = speed.value;
      other.querySelector("audio").playbackRate = speed.value;
    }));
    audio.addEventListener("play", () => {
      audio.playbackRate = speed.value;
      all("audio", (other) => other !== audio && other.pause());
    });
    audio.addEventListener("error", () => {
      audio.controls = true; // the browser says in its own words what is wrong
    });
    for (const name of ["play", "pause", "ended", "timeupdate", "loadedmetadata"]) audio.addEventListener(name, draw);
    draw();
  };

  // Self-checks: what is shown is also said; when all of them are answered, the lesson is told so.
  const selfCheck = (check, checks) => {
    const details = check.querySelector("details");
    const status = check.querySelector("[role=status]");
    const say = () => {
      if (!details.open) return;
      const shown = [...details.querySelectorAll(".feedback")].find((line) => line.offsetParent);
      status.textContent = shown ? shown.textContent.trim() : "";
      if (check.querySelector("input:checked")) check.dataset.answered = "yes";
      if (checks.every((other) => other.dataset.answered)) tell(check, "lesson:answered");
    };
    details.querySelector("[aria-live]").removeAttribute("aria-live");
    details.addEventListener("toggle", say);
    check.addEventListener("change", say);
  };

  // Where she reads: the last block that begins in the upper half of the screen, once she rests there.
  const follow = (lesson) => {
    const blocks = [...lesson.querySelectorAll("[data-block]")];
    let rest = 0;
    let told = "";
    addEventListener("scroll", () => {
      clearTimeout(rest);
      rest = setTimeout(() => {
        if (!lesson.isConnected) return;
        const seen = blocks.filter((block) => block.getBoundingClientRect().top < innerHeight / 2).pop();
        if (!seen || seen.dataset.block === told) return;
        told = seen.dataset.block;
        tell(lesson, "lesson:place", { place: Number(told) });
      }, 1000);
    }, { passive: true });
  };

  // Ways inside a lesson, round a warning or through a story, leave no step in the history of the browser.
  const lead = (lesson) => {
    all(".scenario", (story) => {
      story.classList.add("is-led");
      all(".scene ~ .scene", (scene) => (scene.hidden = true), story);
    }, lesson);
    lesson.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#"]');
      const place = link && document.getElementById(link.hash.slice(1));
      if (!place) return;
      event.preventDefault();
      if (place.matches(".scene")) {
        all(".scene", (scene) => (scene.hidden = scene !== place), place.parentNode);
        all("details", (way) => (way.open = false), place);
      }
      place.focus();
    });
  };

  const met = new WeakSet();
  const isNew = (part) => !met.has(part) && met.add(part);
  const enhance = (scope) => {
    all("[data-player]", (figure) => isNew(figure) && player(figure), scope);
    const checks = [...scope.querySelectorAll("[data-check]")];
    checks.forEach((check) => isNew(check) && selfCheck(check, checks));
    all("[data-lesson]", (lesson) => {
      if (!isNew(lesson)) return;
      follow(lesson);
      lead(lesson);
    }, scope);
  };
  enhance(document);
  document.addEventListener("content:added", (event) => enhance(event.detail));

  const place = document.querySelector("[data-place]");
  if (place) document.addEventListener("lesson:place", (event) => send(place, event.detail));
  const finish = document.querySelector("[data-finish]");
  if (finish) {
    document.addEventListener("lesson:answered", async () => {
      if (finish.hidden) return;
      const answer = await send(finish);
      if (!answer || !answer.ok) return;
      finish.hidden = true;
      all("[data-finished]", (part) => (part.hidden = false));
    });
  }
})();
