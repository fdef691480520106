/* What Wagtail's editor leaves out. */
(() => {
  const form = document.querySelector("[data-edit-form]");
  if (!form) return;

  /* A field that is a whole block has its name in the heading of its panel, for the eye only: here for the ear. */
  const FIELDS = "input:not([type=hidden]), textarea, select, [contenteditable=true]";
  const name = (field) => {
    const panel = field.closest("section[aria-labelledby]");
    if (!panel || field.labels?.length || field.ariaLabel || field.hasAttribute("aria-labelledby")) return;
    field.setAttribute("aria-labelledby", panel.getAttribute("aria-labelledby"));
  };
  const look = (part) => part.querySelectorAll(FIELDS).forEach(name);
  look(form);
  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes) if (node instanceof Element) look(node.parentElement ?? node);
  }).observe(form, { childList: true, subtree: true });

  /*
   * What saves by itself never meets what she sends. A decision is put into the form before it is sent: it must
   * not travel with a draft. And where a draft is on its way, her form waits for it: else a comment is kept
   * twice, or the page that follows is older than the draft and says that another window has saved.
   */
  const DECIDES = "action-workflow-action";
  const PATIENCE = 5000; // milliseconds; then her form goes without waiting
  let isSaving = false;
  let isLeaving = false;
  let waiting = null; // how to send what waits

  const goOn = () => {
    isSaving = false;
    setTimeout(() => {
      const send = waiting; // after Wagtail noted in the form what the draft brought back
      waiting = null;
      if (send) send();
    });
  };
  const wait = (send) => {
    waiting = send;
    setTimeout(goOn, PATIENCE);
  };
  form.addEventListener("w-autosave:save", (event) => {
    if (isLeaving || waiting || event.detail.formData.has(DECIDES)) event.preventDefault();
    else isSaving = true;
  });
  form.addEventListener("w-autosave:success", goOn);
  form.addEventListener("w-autosave:error", goOn);
  form.addEventListener(
    "submit",
    (event) => {
      const button = event.submitter;
      if (isSaving && button) {
        event.preventDefault();
        event.stopImmediatePropagation();
        wait(() => {
          button.disabled = false; // Wagtail shows that it works, but a disabled button would not be sent
          form.requestSubmit(button);
        });
      } else {
        isLeaving = true;
        setTimeout(() => (isLeaving = !event.defaultPrevented));
      }
    },
    { capture: true },
  );
  form.submit = () => {
    const send = () => {
      isLeaving = true;
      HTMLFormElement.prototype.submit.call(form);
    };
    if (isSaving) wait(send);
    else send();
  };
})();
