// Filters with several values (ui/_picks.html): their first line says what is picked; one is open at a time, and Escape or
// a click elsewhere closes it. Without this they are plain <details> in a form.
(() => {
  "use strict";
  const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
  const textOf = (element) => element?.textContent.trim() || "";

  function tell(picks) {
    const said = picks.querySelector(".picks-said");
    const boxes = all('input[type="checkbox"]:checked:not([data-picks-not])', picks);
    // what a picker holds stands in its list, or without scripts of its own in the field
    const items = all(".ts-control > .item", picks);
    const words = [
      ...boxes.map((box) => textOf(box.parentElement)),
      ...items.map((item) => textOf(item).replace(/×$/, "").trim()),
    ];
    const isNot = picks.querySelector("[data-picks-not]").checked;
    const joined = words.join(picks.dataset.separator);
    said.textContent = !joined
      ? picks.dataset.anything
      : isNot
        ? picks.dataset.not.replace("{values}", () => joined)
        : joined;
    picks.classList.toggle("picks-active", Boolean(joined));
  }
  const close = (except) => {
    for (const picks of all("details[data-picks][open]")) if (picks !== except) picks.open = false;
  };
  document.addEventListener("change", (event) => {
    const picks = event.target.closest?.("[data-picks]");
    if (picks) requestAnimationFrame(() => tell(picks)); // a picker shows its items a moment later
  });
  // the event does not bubble
  document.addEventListener(
    "toggle",
    (event) => {
      const picks = event.target;
      if (!picks.matches?.("[data-picks]") || !picks.open) return;
      close(picks);
      const panel = picks.querySelector(".picks-panel");
      panel.classList.remove("picks-left");
      if (panel.getBoundingClientRect().right > document.documentElement.clientWidth)
        panel.classList.add("picks-left");
      if (!picks.querySelector(".picks-boxes")) picks.querySelector("[data-picker]")?.tomselect?.focus();
    },
    true,
  );
  document.addEventListener("click", (event) => {
    // the list of a picker takes out what was clicked before this is heard
    if (event.target.isConnected) close(event.target.closest?.("[data-picks]"));
  });
  // on a phone the filters lie in a panel that Escape would close as well
  document.addEventListener(
    "keydown",
    (event) => {
      const picks = event.key === "Escape" && event.target.closest?.("[data-picks][open]");
      if (!picks || picks.querySelector(".ts-wrapper.dropdown-active")) return;
      event.stopPropagation();
      picks.open = false;
      picks.querySelector("summary").focus();
    },
    true,
  );
  document.addEventListener("focusin", (event) => close(event.target.closest?.("[data-picks]")));
})();
