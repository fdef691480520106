// A file dropped anywhere on the page goes to the form for files. The page works without this.
(() => {
  "use strict";
  const form = document.querySelector("form[data-drop]");
  const input = form.querySelector("input[type=file]");
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
})();
