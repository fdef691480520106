// What other pages may see without a PIN: that this phone keeps something, and which modules are whole.
// Keys of modules tell nothing: the server makes them anew for each woman.
const HERE = "offline-modules-";

export function leave(words) {
  localStorage.setItem("offline", "1");
  localStorage.setItem("offline-words", JSON.stringify(words));
}

export function sayModules(vault, modules) {
  const states = Object.values(modules).map(({ key, now }) => [key, now ? "here" : "begun"]);
  localStorage.setItem(HERE + vault, JSON.stringify(Object.fromEntries(states)));
}

export const stateOf = (key) =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(HERE))
    .map((name) => JSON.parse(localStorage.getItem(name))[key])
    .find(Boolean);

export const forget = (vault) => localStorage.removeItem(HERE + vault);

export const forgetModules = () =>
  Object.keys(localStorage)
    .filter((name) => name.startsWith(HERE))
    .forEach((name) => localStorage.removeItem(name));

export function forgetAll() {
  const ours = Object.keys(localStorage).filter((name) => name.startsWith("offline"));
  ours.forEach((name) => localStorage.removeItem(name));
}
