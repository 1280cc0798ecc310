// Searching the members of a pool: those whose name does not contain the words are hidden, their reasons stay in the form.
(() => {
  "use strict";
  document.addEventListener("input", (event) => {
    const search = event.target.closest?.("[data-members-search]");
    if (!search) return;
    const within = search.closest("[data-members]");
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const row of within.querySelectorAll("li")) {
      const name = row.querySelector("summary").textContent.toLowerCase();
      row.hidden = !words.every((word) => name.includes(word));
      found += row.hidden ? 0 : 1;
    }
    within.querySelector("[data-members-none]").hidden = found > 0;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.closest?.("[data-members-search]")) return;
    event.preventDefault(); // it would send the form
  });
  // whoever opens a name wants to type the reason; those that the page opens take no focus
  let opener = null;
  document.addEventListener("click", (event) => {
    opener = event.target.closest?.("[data-members] summary")?.parentElement;
  });
  document.addEventListener(
    "toggle",
    (event) => {
      const row = event.target;
      if (row !== opener) return;
      opener = null;
      if (row.open) row.querySelector("input").focus();
    },
    true,
  );
})();
