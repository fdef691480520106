// A form that came back with errors counts as unsaved, and then Wagtail does not watch it: its preview would stay
// as it was however much is corrected. Let it begin to watch, and keep the warning about unsaved changes.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector('[data-controller~="w-unsaved"][data-w-unsaved-force-value="true"]');
  if (!form) return;
  form.dataset.wUnsavedForceValue = "false";
  form.dataset.wUnsavedCheckIntervalValue = "600";
  setTimeout(() => { form.dataset.wUnsavedForceValue = "true"; }, 100);
  // Once a draft is saved by itself nothing is wrong any more: what was said about it goes.
  document.addEventListener("w-autosave:success", () => {
    form.querySelectorAll(".w-field__errors").forEach((errors) => errors.replaceChildren());
    form.querySelectorAll(".w-field--error").forEach((field) => field.classList.remove("w-field--error"));
    form.querySelectorAll("[aria-invalid]").forEach((input) => input.removeAttribute("aria-invalid"));
    document.querySelectorAll(".messages .error").forEach((message) => message.remove());
  });
});
