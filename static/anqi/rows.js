// Rows: picking them, and a list by keyboard: down and up move through the rows, Enter opens one (it is a link), and who comes back is where
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

  // --- rows that are picked ---------------------------------------------------------------------------------
  const boxes = () => Array.from(document.querySelectorAll("#results td.pick input"));
  const everything = () => document.querySelector("#bulk input[name=all]");
  let last = null; // the box that was changed last, where a range begins
  function count() {
    const all = boxes();
    const picked = all.filter((box) => box.checked);
    const words = document.querySelector(".bulk-count");
    if (words) words.textContent = picked.length ? words.dataset.words.replace("#", picked.length) : "";
    const head = document.querySelector("[data-pick-all]");
    if (!head) return;
    head.checked = all.length > 0 && picked.length === all.length;
    head.indeterminate = picked.length > 0 && !head.checked;
  }
  function pick(boxed, checked) {
    for (const box of boxed) box.checked = checked;
    if (!checked && everything()) everything().checked = false;
    count();
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches?.("[data-pick-all]")) pick(boxes(), box.checked);
    else if (box.matches?.("td.pick input")) pick([box], box.checked);
    else if (box === everything()) pick(boxes(), box.checked);
  });
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.("#results td.pick input");
    if (!box) return;
    const all = boxes();
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    if (event.shiftKey && from >= 0) pick(all.slice(from, to + 1), box.checked);
    last = box;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" && event.key !== " ") return;
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!event.target.matches?.("#results .cell-title a")) return;
    const box = event.target.closest("tr").querySelector("td.pick input");
    if (!box) return;
    event.preventDefault();
    box.click(); // with shift held: the range
  });
  document.addEventListener("htmx:afterSettle", count);
  count(); // the browser's way back may have ticked some

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
