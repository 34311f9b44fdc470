// The page works without this file. With it: a file can be dropped anywhere on the page, alone or with the credentials
// that lie beside it, and is checked at once.
"use strict";
(() => {
  const form = document.getElementById("verify");
  const drop = form.querySelector(".drop");
  const file = document.getElementById("file");
  const beside = document.getElementById("beside");
  const credentials = document.getElementById("credentials");
  const button = form.querySelector("button");
  const says = document.getElementById("says");

  const send = () => {
    if (file.files.length === 0) return;
    const most = Number(form.dataset.bytes);
    if (file.files[0].size > most) {
      says.textContent = `The file is larger than ${Math.floor(most / 1048576)} MB.`;
      file.value = "";
      return;
    }
    says.textContent = `Listening to “${file.files[0].name}”…`;
    button.disabled = true;
    form.submit();
  };
  const chosen = () => {
    if (!beside.open) send();
  };
  file.addEventListener("change", chosen);

  let depth = 0;
  document.addEventListener("dragenter", () => {
    depth += 1;
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth === 0) drop.classList.remove("over");
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    drop.classList.remove("over");
    if (event.dataTransfer.files.length === 0) return;
    const [sounds, others] = [new DataTransfer(), new DataTransfer()];
    for (const one of event.dataTransfer.files) {
      if (one.name.toLowerCase().endsWith(".proof")) continue; // the registry has it
      (one.name.toLowerCase().endsWith(".c2pa") ? others : sounds).items.add(one);
    }
    if (others.files.length > 0) {
      credentials.files = others.files;
      beside.open = true;
    }
    if (sounds.files.length > 0) {
      file.files = sounds.files;
      send();
    }
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) button.disabled = false;
  });
})();
