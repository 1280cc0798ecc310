// Rows: picking them, and a list by keyboard: down and up move through the rows, Enter opens one (it is a link), and who comes back is where
// they were. Works on what htmx swapped in, too.
(() => {
  "use strict";
  const PLACE = `anqi_row:${location.pathname}`; // without the query, which may name a person
  const ROW = "#results :is(tbody tr, .ticket)"; // in a table, or on a board
  const BOX = '#results input[name="pick"]';
  const links = () => Array.from(document.querySelectorAll(`${ROW} .cell-title a[href]`));

  document.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.defaultPrevented || event.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const here = event.target;
    const search = document.querySelector("#filters input[type=search]");
    const row = here.closest?.(ROW);
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
  // They stay picked on the other pages of the list, in another order and under other filters. Those that the page does not
  // show go with the form in one field. Who comes from elsewhere finds none.
  const PICKED = `anqi_picked:${location.pathname}`;
  const boxes = () => Array.from(document.querySelectorAll(BOX));
  const form = () => document.getElementById("bulk");
  const everything = () => document.querySelector("#bulk input[name=all]");
  const away = () => {
    const here = new Set(boxes().map((box) => box.value));
    return Array.from(picked).filter((id) => !here.has(id));
  };
  let picked = new Set();
  let tab = null; // whose rows they are
  let last = null; // the box that was changed last, where a range begins
  function remember() {
    try {
      if (picked.size) sessionStorage.setItem(PICKED, JSON.stringify({ tab, ids: Array.from(picked) }));
      else sessionStorage.removeItem(PICKED);
    } catch {
      /* without storage they stay picked until the page is left */
    }
  }
  function recall() {
    const from = document.referrer ? new URL(document.referrer) : null;
    const isSame = from?.origin === location.origin && from.pathname === location.pathname;
    const came = performance.getEntriesByType("navigation")[0]?.type;
    try {
      if (!isSame && came !== "back_forward" && came !== "reload") sessionStorage.removeItem(PICKED);
      const kept = JSON.parse(sessionStorage.getItem(PICKED) || "null");
      if (!kept) return;
      picked = new Set(kept.ids);
      tab = kept.tab;
    } catch {
      /* the same */
    }
  }
  function count() {
    const all = boxes();
    const isAll = Boolean(everything()?.checked);
    if (!isAll) for (const box of all) picked[box.checked ? "add" : "delete"](box.value);
    remember();
    const rest = isAll ? [] : away();
    const words = document.querySelector(".bulk-count");
    if (words) {
      const said = isAll || !picked.size ? "" : rest.length ? words.dataset.wordsAway : words.dataset.words;
      words.textContent = said.replace("#", picked.size).replace("##", rest.length);
      form().elements.away.value = rest.join(",");
      form().elements.away.disabled = !rest.length;
      form().toggleAttribute("data-away", rest.length > 0);
    }
    const head = document.querySelector("[data-pick-all]");
    if (!head) return;
    const here = all.filter((box) => box.checked).length;
    head.checked = all.length > 0 && here === all.length;
    head.indeterminate = here > 0 && !head.checked;
  }
  function show() {
    // what htmx put in has no row ticked
    if (form() && tab !== form().dataset.tab) {
      if (tab !== null) picked.clear();
      tab = form().dataset.tab;
    }
    for (const box of boxes()) if (picked.has(box.value)) box.checked = true;
    count();
  }
  function pick(boxed, checked) {
    for (const box of boxed) box.checked = checked;
    if (!checked && everything()) everything().checked = false;
    count();
  }
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.matches?.("[data-pick-all]")) pick(boxes(), box.checked);
    else if (box.matches?.(BOX)) pick([box], box.checked);
    else if (box === everything()) pick(boxes(), box.checked);
  });
  document.addEventListener("click", (event) => {
    const box = event.target.closest?.(BOX);
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
    const box = event.target.closest(ROW)?.querySelector(BOX);
    if (!box) return;
    event.preventDefault();
    box.click(); // with shift held: the range
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-drop-away]")) return;
    for (const id of away()) picked.delete(id);
    count();
    boxes()[0]?.focus(); // the button is gone
  });
  for (const name of ["htmx:afterSettle", "htmx:historyRestore"]) document.addEventListener(name, show);
  window.addEventListener("pageshow", (event) => event.persisted && show());
  recall();
  show(); // the browser's way back may have ticked some

  // --- the same rows shown in another way -------------------------------------------------------------------
  // The link was drawn before htmx put other filters into the address.
  const PLACES = ["page", "sort", "columns", "view", "state"];
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-with-filters]");
    if (!link) return;
    const query = new URLSearchParams(location.search);
    for (const name of PLACES) query.delete(name);
    const own = new URLSearchParams(link.search).get("view");
    if (own !== null) query.set("view", own);
    link.search = query.toString();
  });

  // --- back where one was ----------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(`${ROW} a[href]`);
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
