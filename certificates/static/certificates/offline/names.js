// The same rules as certificates/names.py; tests/certificates/names.json holds both to them.
const APOSTROPHES = /['’‘‛ʼʻʽʾʿˈˊˋ′`´ꞌꞋ＇]/gu;
const PLAIN = { ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ŧ: "t", ı: "i", æ: "ae", œ: "oe", þ: "th", ß: "ss", ς: "σ" };

function bare(text) {
  return text.normalize("NFKD").replace(APOSTROPHES, "").replace(/\p{M}/gu, "");
}

function normaliseName(name) {
  const lower = Array.from(bare(name.replace(APOSTROPHES, "")), (character) => character.toLowerCase());
  const plain = Array.from(bare(lower.join("")), (character) => PLAIN[character] ?? character);
  return plain.join("").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

// Whether `name` is the one that the 16 bytes `expected` were made from under `key`.
async function nameMatches(key, name, expected) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  const full = await crypto.subtle.sign("HMAC", imported, new TextEncoder().encode(normaliseName(name)));
  return sameBytes(new Uint8Array(full).subarray(0, expected.length), expected);
}
