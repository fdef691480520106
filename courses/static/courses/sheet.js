// A test: keeps every answer as it is given, says so, and reads questions aloud. Works without this file.
(() => {
  "use strict";
  const form = document.querySelector("form[data-sheet]");
  if (!form || form.closest("[data-offline]")) return;
  const PATIENCE = [2000, 5000, 10000, 30000]; // milliseconds between tries
  const waiting = new Map(); // question → its fields not yet saved; only in memory, never stored here
  let sending = null;
  let tries = 0;
  let timer = 0;

  // What is saved, in words that a screen reader says too.
  const place = document.querySelector("[data-saved]");
  const say = (word) => {
    if (place.dataset.now === word) return;
    place.dataset.now = word;
    place.querySelectorAll(":scope > p").forEach((old) => old.remove());
    place.prepend(place.querySelector(`[data-says="${word}"]`).content.cloneNode(true));
  };

  const saveOnce = async () => {
    const sent = new Map(waiting);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("save", "1");
    sent.forEach((fields) => fields.forEach(([name, value]) => body.append(name, value)));
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true });
    if (answer.status === 429 || answer.status >= 500) throw new Error("busy");
    if (answer.status === 409) {
      waiting.clear(); // handed in elsewhere: the result is there
      location.reload();
    }
    if (answer.status !== 204) return false;
    sent.forEach((fields, question) => waiting.get(question) === fields && waiting.delete(question));
    return true;
  };

  // One request at a time, so that an older answer never comes after a newer one.
  const save = async () => {
    clearTimeout(timer);
    if (place.dataset.now !== "waiting") say("saving");
    try {
      while (waiting.size) {
        if (!(await saveOnce())) return say("refused");
      }
      tries = 0;
      say("saved");
    } catch {
      say("waiting");
      timer = setTimeout(flush, PATIENCE[Math.min(tries++, PATIENCE.length - 1)]);
    }
  };
  const flush = () => {
    if (!waiting.size) return Promise.resolve();
    sending ??= save().finally(() => (sending = null));
    return sending;
  };

  // A question is all its fields: what is chosen, ticked or typed in them, as the form would send it.
  const groupOf = (field) => field.closest("[data-question]");
  const fieldsOf = (group) => [...group.querySelectorAll("input, select, textarea")];
  const entriesOf = (group) =>
    fieldsOf(group)
      .filter((field) => field.checked || !["radio", "checkbox"].includes(field.type))
      .map((field) => [field.name, field.value]);
  const isAnswered = (group) => {
    const given = entriesOf(group).map(([, value]) => value.trim());
    const { kind } = group.dataset;
    if (kind === "ordering") return given.every(Boolean) && new Set(given).size === given.length;
    if (kind === "numeric") return Boolean(given[0]) && fieldsOf(group)[0].validity.valid;
    return kind === "matching" ? given.every(Boolean) : given.some(Boolean);
  };

  // How many are answered, and which.
  const count = () => {
    const shown = document.querySelector("[data-answered]");
    const marks = [...document.querySelectorAll("[data-place]")];
    marks.forEach((mark) => {
      const group = document.getElementById(mark.dataset.place);
      if (!group) return; // on another page: as the server said
      const done = isAnswered(group);
      mark.classList.toggle("place--answered", done);
      mark.querySelector('[data-is="answered"]').hidden = !done;
      mark.querySelector('[data-is="open"]').hidden = done;
    });
    const done = marks.filter((mark) => mark.classList.contains("place--answered")).length;
    shown.querySelector("progress").value = done;
    shown.querySelector("label span").textContent = shown.dataset.words.replace("{number}", done);
  };

  const given = (field) => {
    const group = groupOf(field);
    waiting.set(group.dataset.question, entriesOf(group));
    count();
    flush();
  };
  form.addEventListener("change", (event) => {
    if (event.target.matches("input:not([data-words]), select")) given(event.target);
  });
  // What is typed is kept when she leaves its field, and after every few letters while she stays.
  form.querySelectorAll("[data-words]").forEach((field) => {
    let pause = 0;
    let kept = field.defaultValue;
    const keep = () => {
      clearTimeout(pause);
      if (kept === field.value) return;
      kept = field.value;
      given(field);
    };
    field.addEventListener("change", keep);
    field.addEventListener("input", () => {
      clearTimeout(pause);
      pause = setTimeout(keep, 1500);
    });
    keep(); // written before this file had arrived
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) event.preventDefault(); // hands nothing in by accident
  });
  form.querySelectorAll("[data-question]").forEach((group) => {
    const isNew = (field) =>
      field.localName === "select"
        ? [...field.options].some((option) => option.selected !== option.defaultSelected && option.value)
        : field.checked !== field.defaultChecked;
    const early = fieldsOf(group).find((field) => !field.dataset.words && field.type !== "hidden" && isNew(field));
    if (early) given(early); // chosen before this file had arrived
  });

  // The page is not left while an answer waits, or while there is nobody to send it to.
  document.addEventListener(
    "submit",
    async (event) => {
      if (event.target !== form || (!waiting.size && navigator.onLine)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!waiting.size) return say("waiting");
      await flush();
      if (!waiting.size) form.requestSubmit(event.submitter);
    },
    true,
  );
  addEventListener("online", () => (waiting.size ? flush() : place.dataset.now === "waiting" && say("saved")));
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", flush);
  addEventListener("beforeunload", (event) => {
    const leaves = document.documentElement.classList.contains("gone"); // the quick exit asks nothing
    if (waiting.size && !leaves) event.preventDefault();
  });

  // Questions without a recording are read by a voice that lies on the phone itself: nothing is sent away.
  const speech = window.speechSynthesis;
  const language = form.dataset.language;
  const voice = () => {
    const own = speech.getVoices().filter((one) => one.localService && one.lang.startsWith(language));
    return own.find((one) => /[-_]MX$/i.test(one.lang)) || own[0];
  };
  const buttons = [...form.querySelectorAll("[data-listen]")];
  const offer = () => buttons.forEach((button) => (button.hidden = !voice()));
  const listen = (button) => {
    const isOn = button.getAttribute("aria-pressed") === "true";
    speech.cancel();
    buttons.forEach((other) => other.setAttribute("aria-pressed", "false"));
    if (isOn) return;
    const parts = [...groupOf(button).querySelectorAll("legend, .partners li, label")].map((part) => part.textContent.trim());
    const words = new SpeechSynthesisUtterance(parts.join(". "));
    words.voice = voice();
    words.lang = words.voice.lang;
    words.rate = 0.9;
    words.onend = () => button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", "true");
    speech.speak(words);
  };
  if (!speech) return;
  offer();
  speech.addEventListener?.("voiceschanged", offer);
  buttons.forEach((button) => button.addEventListener("click", () => listen(button)));
  addEventListener("pagehide", () => speech.cancel());
})();
