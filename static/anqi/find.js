// The one search: / opens it over any page, arrows choose, Enter opens a hit, Esc leads back. htmx gets the answers.
(() => {
  "use strict";
  const form = document.getElementById("find-form");
  if (!form) return;
  const DELAY_MS = 150;
  const MOST = 8; // opened last
  const box = document.getElementById("find"); // a dialog, except on the page of the search
  const isDialog = box instanceof HTMLDialogElement;
  const field = form.elements.q;
  const place = document.getElementById("found");
  const hits = () => Array.from(place.querySelectorAll("[data-hit]"));
  let kind = ""; // the chosen one
  let asked = null; // what the last request looks for
  let answered = null; // what the hits belong to
  let isWanted = false; // Enter was pressed before the answer came
  let timer = 0;

  // --- what was opened last, by kind and id; the server says what it is, if the person may still see it ----------
  const store = `anqi_opened:${form.dataset.owner}`;
  function lastOpened() {
    try {
      return (localStorage.getItem(store) || "").split(",").filter(Boolean);
    } catch {
      return []; // this browser keeps nothing
    }
  }
  function note() {
    for (const [code, page] of Object.entries(JSON.parse(form.dataset.kinds))) {
      const found = location.pathname.match(`^${page.replace("/0/", "/(\\d+)/")}`);
      if (!found) continue;
      const entry = `${code}:${found[1]}`;
      const rest = lastOpened().filter((each) => each !== entry);
      try {
        localStorage.setItem(store, [entry, ...rest].slice(0, MOST).join(","));
      } catch {
        /* nothing is offered then */
      }
    }
  }

  // --- asking: an answer that is overtaken is thrown away (hx-sync) ---------------------------------------------
  function ask() {
    clearTimeout(timer);
    window.htmx.trigger(form, "find");
  }
  form.addEventListener("htmx:configRequest", (event) => {
    asked = field.value;
    const { parameters } = event.detail;
    if (asked.trim().length > 1 || /[^ -~]/.test(asked)) {
      if (kind) parameters.kind = kind;
    } else {
      kind = "";
      const ids = lastOpened();
      if (ids.length) parameters.opened = ids.join(",");
    }
  });
  place.addEventListener("htmx:afterSwap", () => {
    answered = asked;
    place.parentElement.scrollTop = 0;
    if (isWanted && answered === field.value) hits()[0]?.click();
    isWanted = false;
  });
  const later = () => {
    clearTimeout(timer);
    isWanted = false;
    timer = setTimeout(ask, DELAY_MS);
  };
  field.addEventListener("input", (event) => {
    if (!event.isComposing) later(); // half a syllable finds nothing
  });
  field.addEventListener("compositionend", later);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (answered === field.value) hits()[0]?.click();
    else {
      ask();
      isWanted = true;
    }
  });
  place.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-find-kind]");
    if (!chip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    kind = chip.dataset.findKind;
    field.focus();
    ask();
  });

  // --- keyboard -------------------------------------------------------------------------------------------------
  function move(step) {
    const all = hits();
    const at = all.indexOf(document.activeElement);
    // in the field the first one is the one that Enter opens
    const next = at < 0 ? Math.min(Math.max(step, 0), all.length - 1) : Math.min(at + step, all.length - 1);
    if (next < 0 || (at < 0 && step < 0)) field.focus();
    else all[next]?.focus();
  }
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape" && isDialog) {
      event.preventDefault();
      close();
    } else if (event.target.closest("[data-hit]") && (event.key === "Backspace" || /^[^ ]$/u.test(event.key)))
      field.focus(); // goes on typing
  });

  // --- opening and closing --------------------------------------------------------------------------------------
  function open() {
    if (isDialog && !box.open) box.showModal();
    field.focus();
    field.select();
    if (answered !== field.value || !field.value) ask();
  }
  function close() {
    box.close(); // gives the focus back, if something had it
    if (box.contains(document.activeElement)) document.activeElement.blur();
  }
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("[data-find]");
    if (target && isDialog && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      open();
    } else if (isDialog && (event.target === box || event.target.closest?.("[data-find-close]"))) close();
  });
  window.anqi.find = open;
  note();
  if (isDialog) return;
  answered = field.value;
  kind = new URLSearchParams(location.search).get("kind") || "";
  if (!field.value) open();
})();
