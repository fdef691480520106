// The signed facts of a QR code, as certificates/printing/offline_code.py writes them.
const DIGITS_OF = [0, 2, 4, 5, 7, 8, 10, 11]; // how many digits so many bytes take
const FIELDS = ["kid", "language", "kind", "demo", "folio", "book", "page", "issuer", "ally", "authority",
  "oficio_number", "oficio_date", "title", "duration", "span", "issued"];
const LONGEST_LINES = 16384;

function fromBase36(text) {
  const parts = [];
  for (let at = 0; at < text.length; at += 11) {
    const digits = text.slice(at, at + 11);
    const size = DIGITS_OF.indexOf(digits.length);
    let value = 0n;
    for (const digit of digits) value = value * 36n + BigInt(parseInt(digit, 36));
    const bytes = new Uint8Array(Math.max(size, 0));
    for (let place = size - 1; place >= 0; place -= 1, value >>= 8n) bytes[place] = Number(value & 255n);
    if (size < 1 || value > 0n) throw new RangeError("not base 36");
    parts.push(bytes);
  }
  return joined(...parts);
}

// A stored block with the dictionary goes before what was packed with it; its bytes are then cut off.
async function unpackedLines(body, dictionary) {
  const size = [dictionary.length & 255, dictionary.length >> 8];
  const stored = Uint8Array.of(0, ...size, ...size.map((byte) => byte ^ 255));
  const most = dictionary.length + LONGEST_LINES;
  return (await inflated(joined(stored, dictionary, body), "deflate-raw", most)).subarray(dictionary.length);
}

function pairs(fields) {
  return fields.flatMap((field, at) => (at % 2 ? [] : [[field, fields[at + 1] ?? ""]]));
}

function factsOf(lines) {
  if (lines.length !== FIELDS.length + 3) throw new RangeError("not version 1");
  const facts = Object.fromEntries(FIELDS.map((field, at) => [field, lines[at]]));
  const signatories = lines[16] ? lines[16].split("\t") : [];
  const [count, ...modules] = lines[17].split("\t");
  const [textCount, ...texts] = lines[18].split("\t");
  return {
    ...facts,
    signatories: pairs(signatories),
    moduleCount: Number(count),
    modules: pairs(modules),
    textCount: Number(textCount),
    texts: texts.map((text) => text.replaceAll("{name}", "…")),
  };
}

// {state, facts, address, nameKey, nameHash}; state: genuine, altered, unknown-key, not-ours, no-token.
async function checkToken(text, pins) {
  const found = /(https?:\/\/[^\s#]+)#([0-9A-Z]+)/u.exec(text);
  if (!found || found[2][0] !== "1") return { state: "no-token" };
  const [, address, token] = found;
  let data, lines, facts;
  try {
    data = fromBase36(token.slice(1));
    lines = await unpackedLines(data.subarray(96), fromBase64(pins.dictionary));
    facts = factsOf(new TextDecoder("utf-8", { fatal: true }).decode(lines).split("\n"));
  } catch {
    return { state: "altered" };
  }
  const pinned = pins.qr[facts.kid];
  if (!pinned) return { state: "unknown-key" };
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", fromBase64(pinned), algorithm, false, ["verify"]);
  const head = new TextEncoder().encode(`promotora qr 1\n${address}\n`);
  const signed = joined(head, data.subarray(64, 96), lines);
  if (!(await crypto.subtle.verify(algorithm, key, data.subarray(0, 64), signed))) return { state: "altered" };
  return { state: "genuine", facts, address, nameKey: data.subarray(64, 80), nameHash: data.subarray(80, 96) };
}
