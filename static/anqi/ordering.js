// Items in an order that a person changes: Alt with an arrow key moves the one in focus. Its address comes back with the
// page, so the focus stays with it.
(() => {
  "use strict";
  const list = document.querySelector("[data-ordering]");
  if (!list) return;
  const KEYS = { ArrowUp: "up", ArrowDown: "down" };
  list.addEventListener("keydown", (event) => {
    const way = event.altKey && KEYS[event.key];
    const line = event.target.closest("[data-line]");
    if (!way || !line) return;
    event.preventDefault();
    line.querySelector(`[data-move="${way}"] button`).click();
  });
})();
