// The behaviour of every page: theme, messages, htmx, forms, keyboard. No page carries a script of its own.
(() => {
  "use strict";
  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("anqi-words")?.textContent || "{}");
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  window.anqi = { words, say, begin, unsend, leave, onEach };

  // --- theme -----------------------------------------------------------------------------------------------
  const systemDark = matchMedia("(prefers-color-scheme: dark)");
  function applyTheme(choice) {
    root.dataset.themeChoice = choice;
    const dark = choice === "dark" || (choice === "auto" && systemDark.matches);
    root.setAttribute("data-bs-theme", dark ? "dark" : "light");
    for (const button of all("[data-theme-set]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeSet === choice));
    }
    document.dispatchEvent(new CustomEvent("anqi:theme"));
  }
  function chooseTheme(choice) {
    try {
      localStorage.setItem("anqi_theme", choice);
    } catch {
      /* the cookie alone will do */
    }
    // biome-ignore lint/suspicious/noDocumentCookie: not every browser has the Cookie Store API
    document.cookie = `anqi_theme=${choice};path=/;max-age=31536000;samesite=lax`;
    applyTheme(choice);
  }
  systemDark.addEventListener("change", () => applyTheme(root.dataset.themeChoice));

  // --- messages --------------------------------------------------------------------------------------------
  const icons = {
    success: "circle-check",
    error: "alert-circle",
    warning: "alert-triangle",
    info: "info-circle",
  };
  function say(text, level, link) {
    const box = document.getElementById("toasts");
    if (!box || !text) return;
    // a poll fails once a second
    if (all(".note", box).some((note) => note.textContent.trim() === text)) return;
    const note = document.createElement("div");
    note.className = `note note-${level || "info"}`;
    note.dataset.note = "";
    if (level === "error") note.dataset.stay = "";
    const icon = document.createElement("i");
    icon.className = `ti ti-${icons[level] || icons.info}`;
    icon.setAttribute("aria-hidden", "true");
    const words_ = document.createElement("div");
    words_.textContent = text;
    if (link) {
      const anchor = document.createElement("a");
      [anchor.textContent, anchor.href] = link;
      words_.append(" ", anchor);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "btn-close";
    close.dataset.noteClose = "";
    close.setAttribute("aria-label", words.close || "Close");
    note.append(icon, words_, close);
    box.append(note);
    fade(note);
  }
  function fade(note) {
    if (!("stay" in note.dataset)) setTimeout(() => note.remove(), 8000);
  }

  // --- htmx ------------------------------------------------------------------------------------------------
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf-token"]')?.content;
    if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
    if (event.target.id === "filters") keepOrder(event.detail.parameters);
    if (event.target.matches?.("form[data-clean]")) dropEmpty(event.detail.parameters);
  });
  function keepOrder(parameters) {
    // a column that was clicked since the form came has changed the address alone
    const sort = new URLSearchParams(location.search).get("sort");
    if (sort) parameters.sort = sort;
    else delete parameters.sort;
  }
  function dropEmpty(parameters) {
    // addresses people can read and send on: no "?q=&colour="
    for (const name of Array.from(new Set(parameters.keys?.() || Object.keys(parameters)))) {
      const values = parameters.getAll ? parameters.getAll(name) : [parameters[name]];
      if (values.every((value) => value === "")) delete parameters[name];
    }
  }
  // a form says beside its button what became of it: sending.js
  const isForm = (event) => event.detail.elt?.matches?.("form[data-guard]");
  for (const name of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(name, (event) => isForm(event) || say(words.error_network, "error"));
  document.addEventListener("htmx:responseError", (event) => {
    if (isForm(event)) return;
    const status = event.detail.xhr.status;
    const text = {
      401: words.error_session,
      403: words.error_forbidden,
      404: words.error_gone,
      409: words.error_conflict,
      410: words.error_gone,
      412: words.error_conflict,
      429: words.error_busy,
    }[status];
    say(text || words.error_server, "error");
  });
  // A login page that comes back instead of a fragment: go there as a whole page.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.responseURL && /\/login\//.test(new URL(event.detail.xhr.responseURL).pathname)) {
      event.preventDefault();
      location.reload();
    }
  });
  // The notice of another role comes back with every poll: shown once is enough.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (target?.id !== "role-changed" || !target.textContent.trim()) return;
    if (!target.contains(requestConfig.elt)) event.detail.shouldSwap = false;
  });
  // What is said anew as it stands stays: a button that is replaced while it is pressed would get no click.
  const said = new WeakMap();
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.target?.matches("[data-steady]") || detail.xhr.status !== 200) return;
    if (said.get(detail.target) === detail.xhr.responseText) detail.shouldSwap = false;
    said.set(detail.target, detail.xhr.responseText);
  });
  document.addEventListener("anqi:message", (event) => say(event.detail.text, event.detail.level));
  document.addEventListener("anqi:close", () => modalOf("modal")?.hide());
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "modal-content") modalOf("modal")?.show();
  });
  document.addEventListener("htmx:load", (event) => prepare(event.target));
  // ``act`` on each such element once: now, and when the page of a refused form takes the place of this one, whose scripts do
  // not run again (sending.js)
  function onEach(selector, act) {
    const begun = new WeakSet();
    const look = () => {
      for (const each of all(selector)) {
        if (begun.has(each)) continue;
        begun.add(each);
        act(each);
      }
    };
    document.addEventListener("htmx:load", look);
    look();
  }
  // A table that is wider than its place is scrolled with the keyboard too, also one that holds nothing to go to.
  const grows = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const isWide = target.scrollWidth > target.clientWidth + 1;
      if (isWide && !target.querySelector("a[href], button, input, select, [tabindex]")) target.tabIndex = 0;
    }
  });
  document.addEventListener("htmx:load", (event) => {
    for (const each of all(".table-responsive", event.target)) grows.observe(each);
  });
  // A dialog that a script opens knows no opener, and would leave the focus nowhere when it closes.
  let opener = null;
  document.addEventListener("show.bs.modal", () => {
    opener = document.activeElement;
  });
  document.addEventListener("hidden.bs.modal", (event) => {
    const at = document.activeElement;
    if (opener?.isConnected && (at === document.body || event.target.contains(at))) opener.focus();
  });

  // --- a small form in a row of a list: one at a time; what it did makes the list read itself again -----------
  // What was typed in it is lost when it closes.
  const mayClose = (places) =>
    !places.some((place) => place.querySelector("form[data-dirty]")) || window.confirm(words.discard);
  document.addEventListener("htmx:confirm", (event) => {
    const { target, elt } = event.detail;
    // the form itself is sent; another one opens, here or in another row
    if (!target?.matches?.(".row-act") || target.contains(elt)) return;
    if (!mayClose(all(".row-act"))) event.preventDefault();
  });
  let rowAgain = -1;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    if (target?.matches(".row-act")) {
      for (const other of all(".row-act")) if (other !== target) other.replaceChildren();
    } else if (target?.id === "results") {
      rowAgain = all("[data-row]", target).findIndex((row) => row.contains(document.activeElement));
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { target } = event.detail;
    if (target.matches?.(".row-act")) {
      target.querySelector("[data-focus],input:not([type=hidden]),select,textarea,button")?.focus();
    }
  });
  document.addEventListener("htmx:load", (event) => {
    if (event.target.id !== "results" || rowAgain < 0) return;
    const rows = all("[data-row]", event.target); // the one that came up from below, or the last
    rows[Math.min(rowAgain, rows.length - 1)]?.querySelector("a,button")?.focus({ preventScroll: true });
    rowAgain = -1;
  });
  document.addEventListener("click", (event) => {
    const place = event.target.closest?.("[data-row-close]")?.closest(".row-act");
    if (!place || !mayClose([place])) return;
    place.replaceChildren();
    document.querySelector(`[hx-target="#${CSS.escape(place.id)}"]`)?.focus();
  });

  function modalOf(id) {
    const element = document.getElementById(id);
    return element && window.tabler?.Modal ? window.tabler.Modal.getOrCreateInstance(element) : null;
  }

  // --- forms: unsaved changes are asked about, nothing is sent twice ---------------------------------------
  let leaving = false;
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-guard]");
    if (form && !form.matches("[data-clean]")) form.dataset.dirty = "";
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-unguard]")) leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && document.querySelector("form[data-guard][data-dirty]")) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-guard]")) {
      leaving = !form.hasAttribute("hx-post");
      delete form.dataset.dirty;
    }
    if (form.method !== "post" || form.hasAttribute("data-again")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    const button = event.submitter;
    // Disabled only after the browser collected the fields: a disabled button's name would not be sent.
    setTimeout(() => {
      if (button) {
        button.setAttribute("aria-disabled", "true");
        button.classList.add("sending");
      }
    });
  });
  // the form was not saved: it can be sent again, and leaving it is asked about again
  function unsend(form) {
    release(form);
    leaving = false;
    if (form.matches("[data-guard]") && controlsOf(form)) form.dataset.dirty = "";
  }
  const controlsOf = (form) => Array.from(form.elements).some((each) => each.name && each.type !== "hidden");
  function leave() {
    leaving = true;
  }
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of all(".sending", form)) {
      button.classList.remove("sending");
      button.removeAttribute("aria-disabled");
    }
  };
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.target.matches?.("form")) release(event.target);
  });
  window.addEventListener("pageshow", (event) => {
    // back from the cache: the form may be sent again
    leaving = false;
    if (event.persisted) all("form[data-sent]").forEach(release);
  });

  // --- files that the server would refuse -------------------------------------------------------------------
  document.addEventListener("change", (event) => {
    const { most, tooLarge } = event.target.dataset ?? {};
    if (!most) return;
    if ([...event.target.files].some((file) => file.size > Number(most))) {
      event.target.value = "";
      say(tooLarge, "error");
    }
  });

  // --- clicks ----------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.(
      "[data-theme-set],[data-note-close],[data-shortcuts],[data-print]," +
        "[data-fill],[data-copy],[data-back],[data-reveal]",
    );
    if (!target) return;
    if (target.dataset.themeSet) chooseTheme(target.dataset.themeSet);
    else if ("noteClose" in target.dataset) target.closest("[data-note]").remove();
    else if ("shortcuts" in target.dataset) modalOf("shortcuts")?.show();
    else if ("print" in target.dataset) window.print();
    else if ("back" in target.dataset) {
      event.preventDefault();
      if (history.length > 1) history.back();
      else location.href = "/";
    } else if (target.dataset.copy)
      navigator.clipboard?.writeText(target.dataset.copy).then(() => say(words.copied, "success"));
    else if (target.dataset.reveal) {
      const input = document.getElementById(target.dataset.reveal);
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      target.setAttribute("aria-pressed", String(!shown));
      target.firstElementChild.className = shown ? "ti ti-eye" : "ti ti-eye-off";
    } else if (target.dataset.fill) {
      for (const [id, value] of Object.entries(JSON.parse(target.dataset.fill))) {
        const input = document.getElementById(id);
        if (input) input.value = value;
      }
      for (const each of all("[data-fill][aria-pressed]")) {
        each.setAttribute("aria-pressed", String(each === target));
      }
      target.closest("[data-fill-group]")?.querySelector("[data-fill-done]")?.removeAttribute("hidden");
      document.querySelector("form[data-login] button[type=submit]")?.focus();
    }
  });
  // A column of a list moves among the others.
  document.addEventListener("click", (event) => {
    const move = event.target.closest?.("[data-columns] [data-move]");
    const row = move?.closest("li");
    if (!row) return;
    if (move.dataset.move === "1") row.nextElementSibling?.after(row);
    else row.previousElementSibling?.before(row);
    move.focus();
  });
  // A row with data-href opens as a whole; links and buttons in it keep their own meaning.
  document.addEventListener("click", (event) => {
    const row = event.target.closest?.("tr[data-href]");
    if (!row || event.target.closest("a,button,input,label,select,summary") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) window.open(row.dataset.href, "_blank", "noopener");
    else location.href = row.dataset.href;
  });

  // --- keyboard --------------------------------------------------------------------------------------------
  let waitingForGo = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches?.("input,textarea,select,[contenteditable]")) return;
    if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (window.anqi.find) {
        event.preventDefault();
        window.anqi.find();
      } else if (search) {
        event.preventDefault();
        search.focus();
        search.select();
      }
    } else if (event.key === "?") modalOf("shortcuts")?.show();
    else if (event.key === "g") waitingForGo = Date.now();
    else if (Date.now() - waitingForGo < 1500) {
      waitingForGo = 0;
      document.querySelector(`[data-go="${CSS.escape(event.key)}"]`)?.click();
    }
  });

  // --- filters that wait behind a button -----------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-more-filters]");
    if (!button) return;
    const isShort = button.form.classList.toggle("filters-short");
    button.setAttribute("aria-expanded", String(!isShort));
    if (!isShort) button.form.querySelector(".filters-later :is(summary, select, input)")?.focus();
  });

  // --- what arrives in the page, at first or by htmx -------------------------------------------------------
  function prepare(within) {
    for (const bar of all("[data-width]", within))
      bar.style.width = `${Math.max(0, Math.min(100, Number(bar.dataset.width)))}%`;
    for (const note of all("[data-note]", within)) fade(note);
    const summary = within.querySelector?.("[data-focus]");
    if (summary) summary.focus();
  }
  function begin() {
    applyTheme(root.dataset.themeChoice || "auto");
    prepare(document);
    document.querySelector(".side-link.active")?.scrollIntoView({ block: "nearest" });
    const tab = document.querySelector(".file-tabs .active");
    const row = tab?.closest(".file-tabs > ul");
    // sideways alone: tabs may stand further down the page
    if (row) row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  }
  begin(); // the script is deferred: the document is there
})();
