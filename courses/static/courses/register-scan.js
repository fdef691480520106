/* Reads attendance cards with the camera where the browser can; typing the code works everywhere. */
(() => {
  const form = document.querySelector("[data-scan]");
  const said = document.querySelector("[data-scan-said]");
  const field = form.querySelector("input[name=code]");
  const list = document.querySelector("[data-scan-list]");
  const count = document.querySelector("[data-scan-count]");
  const AGAIN = 4000; // the same card held before the camera is one card
  let busy = false;
  let last = { code: "", at: 0 };

  const tell = (words, good) => {
    said.textContent = words;
    said.className = good ? "pm-said is-good" : "pm-said is-bad";
  };
  const note = async (code) => {
    if (busy) return;
    busy = true;
    const body = new FormData(form);
    body.set("code", code);
    try {
      const answer = await fetch(location.href, { method: "POST", body, headers: { Accept: "application/json" } });
      const told = await answer.json();
      tell(told.words, told.ok);
      if (told.ok) {
        const row = document.createElement("li");
        row.textContent = told.words;
        list.querySelectorAll("[data-scan-nobody]").forEach((one) => one.remove());
        list.prepend(row);
        if (told.is_new) count.textContent = Number(count.textContent) + 1;
        field.value = "";
      }
    } catch {
      tell(said.dataset.offline, false);
    }
    busy = false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    note(field.value);
    field.focus();
  });

  const camera = document.querySelector("[data-camera]");
  const view = camera.querySelector("[data-camera-view]");
  const start = camera.querySelector("[data-camera-start]");
  const canRead = async () => // some phones know the word and read no code
    "BarcodeDetector" in window && navigator.mediaDevices && (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
  canRead().catch(() => false).then((can) => {
    camera.hidden = !can;
    document.querySelector("[data-camera-none]").hidden = Boolean(can);
  });
  start.addEventListener("click", async () => {
    try {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      view.hidden = false;
      start.hidden = true;
      await view.play();
      const look = async () => {
        const [found] = await detector.detect(view).catch(() => []);
        const isNew = found && (found.rawValue !== last.code || Date.now() - last.at > AGAIN);
        if (isNew) {
          last = { code: found.rawValue, at: Date.now() };
          await note(found.rawValue);
        }
        setTimeout(look, 250);
      };
      look();
    } catch {
      tell(said.dataset.refused, false);
    }
  });
  window.addEventListener("pagehide", () => view.srcObject && view.srcObject.getTracks().forEach((track) => track.stop()));
})();
