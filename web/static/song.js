// The page works without this file (it reloads itself). With it: progress moves in place, and is spoken quietly.
"use strict";
(() => {
  const box = document.getElementById("progress");
  if (!box) return;
  const bar = box.querySelector("progress");
  const stage = document.getElementById("stage");
  const share = document.getElementById("share");
  let failures = 0;

  const look = async () => {
    try {
      const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      failures = 0;
      if (state.over) {
        window.location.reload();
        return;
      }
      if (stage.textContent !== state.stage) stage.textContent = state.stage;
      share.textContent = `${Math.round(state.share * 100)} %`;
      bar.value = state.share;
    } catch (error) {
      failures += 1;
      if (failures > 20) {
        stage.textContent = `The page lost its connection (${error.message}). Reload it to look again.`;
        return;
      }
    }
    window.setTimeout(look, document.hidden ? 4000 : 700);
  };
  window.setTimeout(look, 400);
})();
