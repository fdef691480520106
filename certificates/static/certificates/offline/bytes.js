// Bytes: joining, comparing, spelling and unpacking.
function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

async function sha(bits, bytes) {
  return new Uint8Array(await crypto.subtle.digest(`SHA-${bits}`, bytes));
}

// `packed` unpacked ("deflate-raw" or "deflate"), never more than `most` bytes.
async function inflated(packed, format, most) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return joined(...parts);
    length += value.length;
    if (length > most) throw new RangeError("too long");
    parts.push(value);
  }
}
