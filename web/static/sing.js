// The form works without this file. With it: picking a song shows its words, big files are refused before they travel,
// and a dropped score lands in its field.
"use strict";
(() => {
  const form = document.getElementById("sing");
  const words = document.getElementById("lyrics");
  const file = document.getElementById("score");
  const own = form.querySelector('input[name="melody"][value="own"]');
  let shown = words.value; // what we put there ourselves; anything else is the visitor's and stays

  for (const part of form.querySelectorAll(".without-script")) part.hidden = true;

  const showWords = async (radio) => {
    if (words.value.trim() !== "" && words.value !== shown) return;
    if (!radio.dataset.words) {
      words.value = shown = "";
      return;
    }
    const answer = await fetch(radio.dataset.words, { headers: { Accept: "application/json" } });
    if (!answer.ok || !radio.checked) return;
    const tune = await answer.json();
    words.value = shown = tune.words;
    words.lang = tune.language;
  };
  for (const radio of form.querySelectorAll('input[name="melody"]')) {
    radio.addEventListener("change", () => showWords(radio));
  }

  const checkSize = () => {
    const most = Number(form.dataset.melodyBytes);
    const tooBig = file.files.length > 0 && file.files[0].size > most;
    file.setCustomValidity(tooBig ? `A score may have up to ${Math.floor(most / 1048576)} MB.` : "");
    if (tooBig) file.reportValidity();
  };
  file.addEventListener("change", () => {
    if (file.files.length > 0 && !own.checked) {
      own.checked = true;
      showWords(own);
    }
    checkSize();
  });

  form.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  form.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    file.files = event.dataTransfer.files;
    file.dispatchEvent(new Event("change"));
  });

  const faults = document.getElementById("faults") || document.getElementById("waiting");
  if (faults) faults.focus();

  form.addEventListener("submit", () => {
    const button = form.querySelector("button.wide");
    button.disabled = true;
    button.textContent = "Reading the score…";
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });
})();
