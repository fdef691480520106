// The page itself: reads the pins and the words that stand in it, and never asks anybody anything.
const data = JSON.parse(document.getElementById("data").textContent);
const { pins } = data;
const TONES = { genuine: "good", countersigned: "good", "unknown-key": "unsure", "no-token": "unsure", "not-pdf": "unsure",
  "no-qr": "unsure", "not-known": "unsure" };
const MARKS = { good: "✓", bad: "✕", unsure: "?" };
const LARGEST_PDF = 5 * 1024 * 1024;
let language = (navigator.language || "es").toLowerCase().startsWith("en") ? "en" : "es";
let shown = null; // what the result shows, so that it can be said again in the other language

const byId = (id) => document.getElementById(id);
const say = (key) => data.words[language][key] ?? key;

function element(tag, attributes = {}, ...children) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.append(...children);
  return made;
}

function speak() {
  document.documentElement.lang = language;
  document.title = say("title");
  for (const part of document.querySelectorAll("[data-say]")) part.textContent = say(part.dataset.say);
  const made = new Date(pins.made).toLocaleDateString(language, { dateStyle: "long", timeZone: "UTC" });
  byId("made").textContent = say("made").replace("{date}", made);
  if (shown) show(shown, false);
}

function row(list, key, value) {
  rowOf(list, key, value ? [value] : []);
}

// One fact with one or more values: its name is said once.
function rowOf(list, key, values) {
  if (values.length) list.append(element("div", {}, element("dt", { textContent: say(key) }), element("dd", {}, ...values)));
}

function factRows(facts) {
  const list = element("dl");
  row(list, "document", say(`kind_${facts.kind}`));
  for (const key of ["folio"]) row(list, key, facts[key]);
  row(list, "register", say("register_value").replace("{book}", facts.book).replace("{page}", facts.page));
  for (const key of ["title_of_course", "duration", "span", "issued", "issuer", "ally", "authority"]) {
    row(list, key, facts[key === "title_of_course" ? "title" : key]);
  }
  row(list, "oficio", [facts.oficio_number, facts.oficio_date].filter(Boolean).join(", "));
  for (const [name, post] of facts.signatories) row(list, "signed_by", `${name}, ${post}`);
  return list;
}

function moduleList(facts) {
  if (!facts.moduleCount) return [];
  const heading = element("h3", { textContent: say("modules") });
  if (!facts.modules.length) {
    return [heading, element("p", { textContent: say("modules_counted").replace("{count}", facts.moduleCount) })];
  }
  const items = facts.modules.map(([title, hours]) => element("li", { textContent: `${title}: ${hours}` }));
  return [heading, element("ol", {}, ...items)];
}

function textList(facts) {
  if (!facts.textCount) return [];
  const heading = element("h3", { textContent: say("texts") });
  if (!facts.texts.length) return [heading, element("p", { textContent: say("texts_left_out") })];
  return [heading, ...facts.texts.map((text) => element("p", { textContent: `«${text}»` }))];
}

function nameForm(result) {
  const input = element("input", { id: "name", autocomplete: "off", spellcheck: false, maxLength: 120 });
  const answer = element("p", { className: "answer" });
  answer.setAttribute("role", "status");
  const button = element("button", { type: "submit", textContent: say("compare") });
  const label = element("label", { htmlFor: "name", textContent: say("name") });
  const form = element("form", { id: "name-form" }, element("h3", { textContent: say("name_title") }),
    element("p", { textContent: say("name_help") }), label, input, button, answer);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!normaliseName(input.value)) return;
    const isMatch = await nameMatches(result.nameKey, input.value, result.nameHash);
    answer.textContent = `${isMatch ? "✓" : "✕"} ${say(isMatch ? "name_yes" : "name_no")}`;
    answer.className = `answer answer--${isMatch ? "good" : "bad"}`;
  });
  return form;
}

function credentialRows(credential) {
  const list = element("dl");
  const { achievement = {}, licenseNumber = "" } = credential.credentialSubject ?? {};
  row(list, "folio", licenseNumber);
  row(list, "title_of_course", credential.name);
  row(list, "description", achievement.description);
  row(list, "issuer", credential.issuer?.name);
  const evidence = (credential.evidence ?? []).map((one) => element("span", { textContent: `${one.name}: ${one.narrative}` }));
  rowOf(list, "evidence", evidence);
  return list;
}

function show(result, isNew = true) {
  shown = result;
  const tone = TONES[result.state] ?? "bad";
  const box = byId("result");
  const mark = element("p", { className: "mark", textContent: MARKS[tone] });
  mark.setAttribute("aria-hidden", "true");
  const head = element("div", { className: `head head--${tone}` }, mark,
    element("h2", { id: "verdict", tabIndex: -1, textContent: say(`word_${result.kind}_${result.state}`) }),
    element("p", { textContent: say(`say_${result.kind}_${result.state}`) }));
  const body = element("div", { className: "body" });
  if (result.facts?.demo || result.pin?.is_demo) body.append(element("p", { className: "demo", textContent: say("demo") }));
  if (result.facts) {
    body.append(element("p", { textContent: say("compare_facts") }), factRows(result.facts), ...moduleList(result.facts),
      ...textList(result.facts), nameForm(result));
  }
  if (result.pin) {
    body.append(element("p", { textContent: say("seen_is_signed") }));
    const list = result.credential ? credentialRows(result.credential) : element("dl");
    row(list, "signer", result.pin.subject);
    row(list, "authority_signed", result.authority);
    body.append(list);
  }
  if (tone === "good") body.append(element("p", { className: "limit", textContent: say("limit") }));
  const address = result.address ?? result.credential?.evidence?.[0]?.id;
  if (/^https?:\/\//.test(address ?? "")) {
    body.append(element("p", {}, element("a", { href: address, rel: "noreferrer", textContent: say("check_online") })));
  }
  box.replaceChildren(head, body);
  box.hidden = false;
  if (isNew) byId("verdict").focus();
}

async function readLink(text) {
  show({ kind: "qr", ...(await checkToken(text, pins)) });
}

async function readPicture(source) {
  const codes = await new BarcodeDetector({ formats: ["qr_code"] }).detect(source);
  if (codes.length) await readLink(codes[0].rawValue);
  return codes.length > 0;
}

async function readFile(file) {
  if (!file) return;
  if (file.type.startsWith("image/")) {
    if (!("BarcodeDetector" in window)) show({ kind: "qr", state: "not-known" });
    else if (!(await readPicture(await createImageBitmap(file)))) show({ kind: "qr", state: "no-qr" });
  } else if (file.size > LARGEST_PDF) {
    show({ kind: "pdf", state: "not-pdf" });
  } else {
    show({ kind: "pdf", ...(await checkPdf(new Uint8Array(await file.arrayBuffer()), pins)) });
  }
}

async function openCamera() {
  const video = byId("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  const look = async () => {
    if (await readPicture(video).catch(() => false)) {
      stream.getTracks().forEach((track) => track.stop());
      video.hidden = true;
    } else setTimeout(look, 250);
  };
  look();
}

function begin() {
  speak();
  if (!globalThis.crypto?.subtle || !("DecompressionStream" in window)) {
    byId("cannot").hidden = false;
    return;
  }
  byId("tools").hidden = false;
  byId("save").hidden = location.protocol === "file:";
  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    byId("camera").hidden = false;
    byId("camera").addEventListener("click", () => openCamera().catch(() => show({ kind: "qr", state: "no-qr" })));
  }
  byId("link-form").addEventListener("submit", (event) => {
    event.preventDefault();
    readLink(byId("link").value);
  });
  for (const id of ["photo", "pdf"]) byId(id).addEventListener("change", ({ target }) => readFile(target.files[0]));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    readFile(event.dataTransfer.files[0]);
  });
}

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => {
    language = button.dataset.language;
    speak();
  });
}
begin();
