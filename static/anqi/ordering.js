// Items in an order that a person changes: Alt with an arrow key moves the one in focus, and the focus stays with it.
(() => {
  "use strict";
  const list = document.querySelector("[data-ordering]");
  if (!list) return;
  const KEYS = { ArrowUp: "up", ArrowDown: "down" };
  const button = (line, way) => line?.querySelector(`[data-move="${way}"] button`);
  list.addEventListener("keydown", (event) => {
    const way = event.altKey && KEYS[event.key];
    const line = event.target.closest("[data-line]");
    if (!way || !line) return;
    event.preventDefault();
    button(line, way).click();
  });
  const [, code, way] = /^(.*)-(up|down)$/.exec(list.dataset.ordering) || [];
  if (code) button(document.getElementById(`item-${code}`), way)?.focus();
})();
