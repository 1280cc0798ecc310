// A list by keyboard: down and up move through the rows, Enter opens one (it is a link), and who comes back is where
// they were. Works on what htmx swapped in, too.
(() => {
  "use strict";
  const PLACE = `anqi_row:${location.pathname}`; // without the query, which may name a person
  const links = () => Array.from(document.querySelectorAll("#results tbody tr .cell-title a[href]"));

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const here = event.target;
    const search = document.querySelector("#filters input[type=search]");
    const row = here.closest?.("#results tbody tr");
    const isField = here.matches?.("input,textarea,select,[contenteditable]") && here.type !== "checkbox";
    const begins = here === document.body || here === search;
    if (!begins && (!row || isField)) return;
    const rows = links();
    const at = row ? rows.findIndex((link) => row.contains(link)) : -1;
    if (step < 0 && at <= 0) {
      if (at < 0 || !search) return;
      event.preventDefault();
      search.focus();
    } else if (rows[at + step]) {
      event.preventDefault();
      rows[at + step].focus();
    }
  });

  // --- back where one was ----------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("#results tbody tr a[href]");
    if (!link) return;
    try {
      sessionStorage.setItem(PLACE, link.getAttribute("href"));
    } catch {
      /* without storage the browser's own position will do */
    }
  });
  function comeBack() {
    if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
    let href = null;
    try {
      href = sessionStorage.getItem(PLACE);
    } catch {
      return;
    }
    links()
      .find((link) => link.getAttribute("href") === href)
      ?.focus({ preventScroll: true });
  }
  comeBack(); // the script is deferred: the document is there
})();
