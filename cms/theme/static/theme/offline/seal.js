// Everything that is encrypted on this phone. Only Web Crypto; nothing here touches the network or the disk.
//
// vault:  a random data key, wrapped by  HMAC(device key, PBKDF2(user name and PIN, salt))
// queue:  one box for each event, sealed to the server's public key; this phone cannot open it again
import { join, random, toBase64, toBytes, toText } from "./bytes.js";

export const ITERATIONS = 600_000; // of PBKDF2 with SHA-256, as OWASP asks in 2025
const AES = { name: "AES-GCM", length: 256 };
const CURVE = { name: "ECDH", namedCurve: "P-256" };
const SYNC = toBytes("promotora sync v1");

export const makeDeviceKey = () =>
  crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

const plain = (username) => username.trim().toLowerCase().normalize("NFC");

// Where the vault of a woman lies: nobody who lacks the device key can tell whose it is.
export async function tagOf(device, username) {
  return toBase64(await crypto.subtle.sign("HMAC", device, toBytes(`vault\0${plain(username)}`)));
}

async function wrappingKey(device, username, pin, { salt, iterations }) {
  const secret = await crypto.subtle.importKey("raw", toBytes(`${plain(username)}\0${pin}`), "PBKDF2", false, [
    "deriveBits",
  ]);
  const slow = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt, iterations },
    secret,
    256,
  );
  const both = await crypto.subtle.sign("HMAC", device, join([toBytes("wrap\0"), slow]));
  return crypto.subtle.importKey("raw", both, AES, false, ["wrapKey", "unwrapKey"]);
}

// A new data key: itself, and how it is written down.
export async function makeLock(device, username, pin) {
  const lock = { salt: random(16), iterations: ITERATIONS, iv: random(12) };
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const wrapping = await wrappingKey(device, username, pin, lock);
  lock.wrapped = await crypto.subtle.wrapKey("raw", key, wrapping, { name: "AES-GCM", iv: lock.iv });
  return { lock, key: await unlock(device, username, pin, lock) };
}

// The data key; throws when user name or PIN are not the right ones. It cannot be read out of the page.
export async function unlock(device, username, pin, lock) {
  const wrapping = await wrappingKey(device, username, pin, lock);
  const how = { name: "AES-GCM", iv: lock.iv };
  return crypto.subtle.unwrapKey("raw", lock.wrapped, wrapping, how, AES, false, ["encrypt", "decrypt"]);
}

// As slow as a wrong PIN, for a user name that has nothing here.
export const pretend = (device, username, pin) =>
  wrappingKey(device, username, pin, { salt: random(16), iterations: ITERATIONS });

// `place` says where the bytes belong: what is moved elsewhere does not open.
export async function encrypt(key, bytes, place) {
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData: toBytes(place) };
  return { iv, data: await crypto.subtle.encrypt(how, key, bytes) };
}

export async function decrypt(key, { iv, data }, place) {
  return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: toBytes(place) }, key, data);
}

export const encryptJson = (key, value, place) => encrypt(key, toBytes(JSON.stringify(value)), place);
export const decryptJson = async (key, row, place) => JSON.parse(toText(await decrypt(key, row, place)));

// Seal one event for the server: ephemeral ECDH on P-256, HKDF with SHA-256, AES-256-GCM.
export async function sealForServer({ kid, public_key: jwk }, id, event) {
  const { kty, crv, x, y } = jwk;
  const theirs = await crypto.subtle.importKey("jwk", { kty, crv, x, y }, CURVE, false, []);
  const ours = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: SYNC };
  const key = await crypto.subtle.deriveKey(how, base, AES, false, ["encrypt"]);
  const { iv, data } = await encrypt(key, toBytes(JSON.stringify(event)), id);
  const epk = await crypto.subtle.exportKey("raw", ours.publicKey);
  return { id, kid, epk: toBase64(epk), iv: toBase64(iv), data: toBase64(data) };
}
