// A PDF: is it signed by a pinned certificate, whole and unchanged? (ISO 32000-1 12.8; RFC 5652)
const SIGNED_DATA = "06092a864886f70d010702";
const DATA = "300b06092a864886f70d010701";
const MESSAGE_DIGEST = "06092a864886f70d010904";
const DIGESTS = Object.fromEntries([[256, "01"], [384, "02"], [512, "03"]].flatMap(([bits, last]) => [
  [`300b06096086480165030402${last}`, bits],
  [`300d06096086480165030402${last}0500`, bits],
]));
const ALGORITHMS = {
  "300a06082a8648ce3d040302": "P-256",
  "300d06092a864886f70d01010b0500": "RSA",
  "300d06092a864886f70d0101010500": "RSA",
};
const MOST_SIGNATURES = 8;
const LONGEST_CREDENTIAL = 262144;

// The DER element at `at`: its tag, all its bytes, and what it holds.
function derAt(bytes, at = 0) {
  let length = bytes[at + 1];
  let head = 2;
  if (length & 128) {
    const size = length & 127;
    if (size < 1 || size > 3) throw new RangeError("not DER");
    length = bytes.subarray(at + 2, at + 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
    head += size;
  }
  const end = at + head + length;
  if (!(end <= bytes.length)) throw new RangeError("not DER");
  return { tag: bytes[at], all: bytes.subarray(at, end), content: bytes.subarray(at + head, end) };
}

function derChildren(element) {
  const children = [];
  for (let at = 0; at < element.content.length; at += children.at(-1).all.length) {
    children.push(derAt(element.content, at));
  }
  return children;
}

const tagsOf = (elements) => hexOf(elements.map(({ tag }) => tag));

// The signatures in the order of what they cover.
function signaturesIn(bytes, text) {
  const found = [];
  const ranges = text.matchAll(/\/ByteRange\s*\[\s*0\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]/g);
  for (const match of ranges) {
    if (found.length === MOST_SIGNATURES) break;
    const [starts, ends, rest] = match.slice(1).map(Number);
    const hole = text.slice(starts, ends);
    if (!(starts < ends && ends + rest <= bytes.length && /^<(?:[0-9a-fA-F]{2})+>$/.test(hole))) continue;
    const content = Uint8Array.from(hole.slice(1, -1).match(/../g), (pair) => parseInt(pair, 16));
    const covered = joined(bytes.subarray(0, starts), bytes.subarray(ends, ends + rest));
    const isTidy = hole === hole.toLowerCase() || hole === hole.toUpperCase();
    found.push({ content, covered, isTidy, ends: ends + rest });
  }
  return found.sort((one, other) => one.ends - other.ends);
}

// {pin, holds}: whose pinned certificate is in the signature, and whether it signs what is covered. What no
// signature covers must be exactly what ours holds, so that a changed bit there is found too.
async function sealOf(signature, pins) {
  const cms = derAt(signature.content);
  const [type, wrapped] = derChildren(cms);
  const [whole] = derChildren(wrapped);
  const signed = derChildren(whole);
  const [version, digests, content, certificates, infos] = signed;
  const hashes = await Promise.all(derChildren(certificates).map(async (one) => hexOf(await sha(256, one.all))));
  const pin = pins.pdf.find((one) => hashes.includes(one.chain[0]));
  if (!pin) return { pin: null, holds: false };
  const info = derChildren(derChildren(infos)[0]);
  const [infoVersion, sid, digest, attributes, algorithm, value, ...more] = info;
  const bits = DIGESTS[hexOf(digest.all)];
  const told = derChildren(attributes).map(derChildren).find(([one]) => hexOf(one.all) === MESSAGE_DIGEST);
  const isIntact = sameBytes(derChildren(told[1])[0].content, await sha(bits, signature.covered));
  const isTidy = [
    signature.isTidy && signature.content.subarray(cms.all.length).every((byte) => byte === 0),
    hexOf(type.all) === SIGNED_DATA && tagsOf([cms, type, wrapped, whole]) === "3006a030",
    tagsOf(signed) === "023130a031" && hexOf(content.all) === DATA,
    hexOf(version.all) === "020101" && hexOf(infoVersion.all) === "020101",
    derChildren(infos).length === 1 && tagsOf(derChildren(infos)) === "30",
    tagsOf(info.slice(0, 6)) === "023030a03004" && more.length < 2 && more.every(({ tag }) => tag === 0xa1),
    derChildren(digests).length === 1 && sameBytes(derChildren(digests)[0].all, digest.all),
    hashes.join() === pin.chain.join() || [...hashes].reverse().join() === pin.chain.join(),
    hexOf(sid.all) === pin.sid,
    pin.algorithm.startsWith(ALGORITHMS[hexOf(algorithm.all)]),
  ].every(Boolean);
  const asSet = joined(Uint8Array.of(0x31), attributes.all.subarray(1));
  return { pin, holds: isIntact && isTidy && (await isSigned(pin, bits, value.content, asSet)) };
}

async function isSigned(pin, bits, value, data) {
  const isCurve = pin.algorithm === "P-256";
  const algorithm = isCurve
    ? { name: "ECDSA", namedCurve: "P-256", hash: `SHA-${bits}` }
    : { name: "RSASSA-PKCS1-v1_5", hash: `SHA-${bits}` };
  const key = await crypto.subtle.importKey("spki", fromBase64(pin.spki), algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, isCurve ? plainSignature(value) : value, data);
}

// r and s of 32 bytes each, from the two DER numbers in which a signature carries them.
function plainSignature(der) {
  const sequence = derAt(der);
  const numbers = derChildren(sequence);
  if (sequence.all.length !== der.length || tagsOf([sequence, ...numbers]) !== "300202") throw new RangeError("not DER");
  return joined(...numbers.map(({ content }) => {
    const number = content[0] === 0 ? content.subarray(1) : content;
    if (number.length > 32) throw new RangeError("too long");
    return joined(new Uint8Array(32 - number.length), number);
  }));
}

async function credentialIn(bytes, text) {
  const label = text.indexOf("/EmbeddedFile");
  const starts = label < 0 ? -1 : text.indexOf("stream\n", label);
  const ends = starts < 0 ? -1 : text.indexOf("endstream", starts);
  if (ends < 0 || starts > label + 1000) return null;
  const length = /\/Length (\d+)\b(?! \d+ R)/.exec(text.slice(Math.max(0, label - 600), starts));
  const packed = length ? bytes.subarray(starts + 7, starts + 7 + Number(length[1])) : bytes.subarray(starts + 7, ends - 1);
  try {
    return JSON.parse(new TextDecoder().decode(await inflated(packed, "deflate", LONGEST_CREDENTIAL)));
  } catch {
    return null;
  }
}

// {state, pin, authority, credential}; state: genuine, countersigned, added, stranger, altered, not-ours, unsigned, not-pdf.
async function checkPdf(bytes, pins) {
  const text = new TextDecoder("latin1").decode(bytes);
  if (!text.startsWith("%PDF-")) return { state: "not-pdf" };
  const signatures = signaturesIn(bytes, text);
  if (!signatures.length) return { state: "unsigned" };
  const seals = [];
  for (const signature of signatures) {
    const seal = await sealOf(signature, pins).catch(() => ({ pin: null, holds: false }));
    seals.push({ ...seal, ends: signature.ends });
  }
  const first = seals.findIndex(({ pin }) => pin?.role === "ours");
  if (first < 0) return { state: "not-ours" };
  const ours = seals[first];
  if (!ours.holds) return { state: "altered" };
  const credential = await credentialIn(bytes.subarray(0, ours.ends), text.slice(0, ours.ends));
  const facts = { pin: ours.pin, credential };
  if (ours.ends === bytes.length) return { state: "genuine", ...facts };
  const later = seals.slice(first + 1);
  if (!later.length || later.at(-1).ends !== bytes.length) return { state: "added" };
  if (!later.every(({ pin }) => pin?.role === "authority")) return { state: "stranger" };
  if (!later.every(({ holds }) => holds)) return { state: "altered" };
  return { state: "countersigned", authority: later[0].pin.subject, ...facts };
}
