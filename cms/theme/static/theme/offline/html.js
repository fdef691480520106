// HTML of a package, made fit for this page. It is our server's own; it is cleaned all the same.
const FORBIDDEN = "script, style, link, meta, base, iframe, frame, object, embed, template, dialog";
const ADDRESSES = new Set(["href", "src", "action", "formaction", "xlink:href", "poster", "data"]);
const SPRITE = document.querySelector("use")?.getAttribute("href")?.split("#")[0];

function clean(element) {
  for (const { name, value } of [...element.attributes]) {
    const isScript = name.startsWith("on") || name === "style" || name === "srcset" || name === "srcdoc";
    const isAddress = ADDRESSES.has(name) && /^[\s\u0000-\u001f]*(javascript|data|vbscript):/i.test(value);
    if (isScript || isAddress) element.removeAttribute(name);
  }
  if (["input", "select", "textarea"].includes(element.localName)) element.setAttribute("autocomplete", "off");
}

// {nodes, media: [{element, src}]}: nothing is fetched; `src` waits for an address of our own.
export function safeHtml(html) {
  const inert = new DOMParser().parseFromString(html, "text/html");
  inert.querySelectorAll(FORBIDDEN).forEach((element) => element.remove());
  inert.querySelectorAll("*").forEach(clean);
  inert.querySelectorAll("use").forEach((use) => {
    const drawing = use.getAttribute("href")?.split("#")[1];
    if (SPRITE && drawing) use.setAttribute("href", `${SPRITE}#${drawing}`); // the sprite of today's page
  });
  const media = [...inert.querySelectorAll("[src]")].map((element) => {
    const src = element.getAttribute("src");
    element.removeAttribute("src");
    return { element, src };
  });
  return { nodes: [...inert.body.childNodes], media };
}
