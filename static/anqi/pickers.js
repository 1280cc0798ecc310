// Pickers: a list over a text field or a select, found by typing (docs/pages.md). The field keeps the value, so a form
// works without this. tom-select is fetched only when a page has a picker.
(() => {
  "use strict";
  const library = document.currentScript.dataset.tomSelect;
  const words = window.anqi?.words || {};
  const USED = 5; // last used ones that are shown first
  const SEPARATORS = /[,，、;；]+/; // as the server reads a list
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  let loading = null;

  function tomSelect() {
    if (window.TomSelect) return Promise.resolve();
    loading =
      loading ||
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = library;
        script.onload = resolve;
        script.onerror = () => {
          loading = null;
          reject(new Error("tom-select"));
        };
        document.head.append(script);
      });
    return loading;
  }

  // --- what this person picked last: codes and ids only, words come from the server ----------------------------
  const placeOf = (field) =>
    `anqi_picked_${window.anqi.store?.owner || ""}_${field.dataset.picker || field.name}`;
  function used(field) {
    try {
      return window.anqi.store?.owner ? JSON.parse(localStorage.getItem(placeOf(field)) || "[]") : [];
    } catch {
      return []; // forbidden
    }
  }
  function remember(field, value) {
    if (!window.anqi.store?.owner || !value || value.includes(",")) return;
    const kept = [value, ...used(field).filter((each) => each !== value)].slice(0, USED);
    try {
      localStorage.setItem(placeOf(field), JSON.stringify(kept));
    } catch {
      /* forbidden or full: then nothing is shown first */
    }
  }

  // --- how it looks -----------------------------------------------------------------------------------------
  const looks = (free) => ({
    option: (data, safe) =>
      `<div><span class="picker-words"><span>${safe(data.text)}</span>${data.mark ? ` ${data.mark}` : ""}${
        data.note ? `<span class="picker-note">${safe(data.note)}</span>` : ""
      }</span>${data.more ? `<span class="picker-more" data-more title="${safe(words.picker_below)}"><i class="ti ti-chevron-right" aria-hidden="true"></i></span>` : ""}</div>`,
    item: (data, safe) => `<div>${safe(data.text)}</div>`,
    no_results: free
      ? null
      : (data, safe) =>
          `<div class="no-results">${safe((words.picker_none || "").replace("{text}", data.input))}</div>`,
    option_create: (data, safe) =>
      `<div class="create">${safe((words.picker_new || "").replace("{text}", data.input))}</div>`,
    optgroup_header: (data, safe) => `<div class="optgroup-header">${safe(data.label)}</div>`,
    loading: () => `<div class="no-results">${words.picker_searching || ""}</div>`,
  });
  const common = () => ({
    plugins: { remove_button: { title: words.picker_remove, label: "×" } },
    maxOptions: 60,
    refreshThrottle: 150,
    hidePlaceholder: true,
    optgroupField: "group",
    optgroups: [{ value: "used", label: words.picker_used }],
  });

  // --- a text field ------------------------------------------------------------------------------------------
  function overText(field) {
    const { picker, pickerChosen, pickerBeside } = field.dataset;
    const several = "pickerSeveral" in field.dataset;
    const free = "pickerFree" in field.dataset;
    const said = field.parentElement.querySelector(".picker-said");
    const known = JSON.parse(pickerChosen || "[]");
    const partsOf = (text) =>
      (several ? text.split(SEPARATORS) : [text]).map((each) => each.trim()).filter(Boolean);
    const valuesOf = () => partsOf(field.value);
    const before = field.value;
    let asked = null; // the request under way
    let shown = new Set(); // what the last answer holds
    let query = null; // and what it was asked for
    let typed = "";

    async function ask(parameters, signal) {
      const beside = pickerBeside && field.form?.elements[pickerBeside]?.value;
      const query = new URLSearchParams({ ...parameters, ...(beside ? { beside } : {}) });
      const response = await fetch(`${picker}?${query}`, {
        headers: { "HX-Request": "true", "HX-Current-URL": location.href },
        signal,
      });
      const login = response.headers.get("HX-Redirect"); // the session has ended
      if (login) {
        window.anqi.drafts?.detour();
        location.assign(login);
        return new Promise(() => {});
      }
      if (!response.ok) throw new TypeError(`status ${response.status}`);
      return response.json();
    }
    const optionsFor = (values) => [
      ...known.filter((each) => values.includes(each.value)),
      ...values
        .filter((value) => !known.some((each) => each.value === value))
        .map((value) => ({ value, text: value })),
    ];
    const select = new window.TomSelect(field, {
      ...common(),
      options: optionsFor(valuesOf()),
      items: valuesOf(),
      maxItems: several ? null : 1,
      clearAfterSelect: true,
      delimiter: several ? "," : "\u0000",
      create: free,
      createOnBlur: false,
      persist: false,
      loadThrottle: null,
      sortField: [{ field: "$order" }],
      score: () => (option) => (shown.has(option.value) ? 1 : 0),
      render: looks(free),
      // a list that was asked for before something else was typed comes too late
      load(text, done) {
        asked?.abort();
        const mine = new AbortController();
        asked = mine;
        query = text;
        ask({ q: text, named: text ? "" : used(field).join(",") }, mine.signal)
          .then((answer) => {
            if (mine !== asked) return done();
            const before = answer.named.map((each) => ({ ...each, group: "used" }));
            const rest = answer.found.filter((each) => !before.some((one) => one.value === each.value));
            this.clearOptions();
            shown = new Set([...before, ...rest].map((each) => each.value));
            for (const each of [...before, ...rest])
              if (this.options[each.value]) this.updateOption(each.value, { ...each, $order: ++this.order });
            done([...before, ...rest]);
          })
          .catch((error) => {
            if (error.name !== "AbortError") window.anqi.say(words.error_network, "error");
            done();
          });
      },
    });
    field.value = before; // "周志远，李明" is as good as "周志远,李明"
    if (said) said.hidden = true;
    finish(select, field);

    // the list of another text is not picked from while the next one is on its way
    function forget() {
      asked?.abort();
      asked = null;
      shown = new Set();
      select.clearActiveOption();
    }
    select.control_input.addEventListener("input", () => {
      forget();
      mark(select.control_input.value);
    });
    const begin = () => select.control_input.value || query === "" || select.load("");
    select.on("focus", begin);
    select.on("dropdown_open", begin);
    select.on("dropdown_close", () => {
      if (select.isFocused) mark(select.control_input.value); // Escape takes back what was typed
    });

    // the tree: one level down by the arrow in the line, or by the right arrow key
    function down(value) {
      select.control_input.value = value;
      forget();
      mark(value);
      select.onInput();
      select.focus();
    }
    for (const name of ["mousedown", "click", "touchend"])
      select.dropdown.addEventListener(
        name,
        (event) => {
          const line = event.target.closest?.("[data-more]")?.closest("[data-value]");
          if (!line) return;
          event.preventDefault();
          event.stopImmediatePropagation();
          if (name === "click") down(line.dataset.value);
        },
        true,
      );
    select.control_input.addEventListener(
      "keydown",
      (event) => {
        const { value, selectionStart } = select.control_input;
        const line = select.isOpen && select.activeOption;
        if (event.key !== "ArrowRight" || event.isComposing || !line || selectionStart < value.length) return;
        if (!line.querySelector("[data-more]")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        down(line.dataset.value);
      },
      true,
    );

    // what was typed and not picked is kept as typed; if it is a code or fits one alone, that is taken
    const note = document.createElement("div");
    note.className = "picker-note picker-unpicked";
    note.setAttribute("role", "status");
    select.wrapper.after(note);
    function mark(text) {
      typed = text;
      select.wrapper.classList.toggle("picker-typing", Boolean(text));
      if (text) note.textContent = "";
    }
    select.on("change", (value) => {
      mark("");
      note.textContent = "";
      if (shown.has(select.items.at(-1))) remember(field, select.items.at(-1));
      if ("pickerAddress" in field.dataset) {
        const address = new URL(location.href);
        value ? address.searchParams.set(field.name, value) : address.searchParams.delete(field.name);
        history.replaceState(history.state, "", address);
      }
    });
    select.on("blur", () => {
      const text = typed.trim();
      mark("");
      if (!text) return;
      for (const each of partsOf(text)) {
        select.addOption({ value: each, text: each });
        select.addItem(each);
        if (!free) settle(each);
      }
    });
    async function settle(text) {
      const { found } = await ask({ q: text }).catch(() => ({ found: [] }));
      if (!select.items.includes(text)) return; // something else was picked since
      const exact = found.find((each) => each.value.toUpperCase() === text.toUpperCase());
      const meant = exact || (found.length === 1 ? found[0] : null);
      if (!meant) note.textContent = (words.picker_unpicked || "").replace("{text}", text);
      else if (meant.value === text) select.updateOption(text, meant);
      else {
        select.addOption(meant);
        select.removeItem(text, true);
        select.addItem(meant.value);
      }
    }

    // a value that something else set: a draft put back, an address that was read
    async function show() {
      const values = valuesOf();
      if (values.join(",") === select.items.join(",")) return;
      const unknown = values.filter((value) => !select.options[value]);
      for (const option of optionsFor(unknown)) select.addOption(option);
      const kept = field.value;
      select.setValue(several ? values : (values[0] ?? ""), true);
      field.value = kept;
      describe(select, field);
      note.textContent = "";
      if (!unknown.length) return;
      const { named } = await ask({ named: unknown.join(",") }).catch(() => ({ named: [] }));
      for (const each of named) if (select.options[each.value]) select.updateOption(each.value, each);
      describe(select, field);
    }
    for (const name of ["input", "change"]) field.addEventListener(name, show);
    if (valuesOf().some((value) => !known.some((each) => each.value === value)) && !free)
      ask({ named: valuesOf().join(",") })
        .then(({ named }) => {
          for (const each of named) if (select.options[each.value]) select.updateOption(each.value, each);
        })
        .catch(() => {});
  }

  // --- a select: its options came with the page ----------------------------------------------------------------
  function overSelect(field) {
    const select = new window.TomSelect(field, {
      ...common(),
      refreshThrottle: 0, // Enter picks from the list of what is typed
      searchField: ["text", "find"],
      sortField: [{ field: "$score", direction: "desc" }, { field: "$order" }],
      render: looks(false),
    });
    const last = used(field).filter((value) => select.options[value]);
    for (const [number, value] of last.entries())
      select.updateOption(value, { ...select.options[value], group: "used", $order: number - USED });
    select.on("change", (value) => remember(field, [value].flat().at(-1) || ""));
    const chosen = () => Array.from(field.selectedOptions, (option) => option.value).filter(Boolean);
    for (const name of ["input", "change"])
      field.addEventListener(name, () => {
        if (chosen().sort().join() !== [...select.items].sort().join())
          select.setValue(field.multiple ? chosen() : field.value, true);
      });
    finish(select, field);
  }

  // --- both ------------------------------------------------------------------------------------------------------
  function finish(select, field) {
    const { control_input: control } = select;
    control.setAttribute("autocomplete", "off");
    // the field under the list has its name, and is not read out a second time
    const named = control.getAttribute("aria-labelledby") || field.getAttribute("aria-labelledby") || "";
    control.setAttribute("aria-labelledby", named);
    field.setAttribute("aria-labelledby", named);
    field.setAttribute("aria-hidden", "true");
    if (field.getAttribute("aria-invalid")) control.setAttribute("aria-invalid", "true");
    // the list is no part of the form: only the field's own change is
    control.addEventListener("change", (event) => event.stopPropagation());
    select.on("change", () => describe(select, field));
    select.on("item_remove", () => describe(select, field));
    describe(select, field);
    // nothing is marked before something is typed or an arrow is pressed, so that Enter picks nothing by chance
    let isMoving = false;
    const activate = select.setActiveOption.bind(select);
    select.setActiveOption = (option, ...rest) => {
      if (isMoving || control.value || !option) activate(option, ...rest);
    };
    control.addEventListener(
      "keydown",
      (event) => {
        isMoving = event.key === "ArrowDown" || event.key === "ArrowUp";
        if (!isMoving || !select.isOpen || select.activeOption || event.isComposing) return;
        activate(select.selectable()[event.key === "ArrowDown" ? 0 : select.selectable().length - 1]);
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      true,
    );
    select.dropdown.addEventListener("mousemove", () => (isMoving = true), true);
    if (location.hash === `#${field.id}` && field.id) select.focus();
  }
  // screen readers say what is chosen after the name of the field
  function describe(select, field) {
    const chosen = all(".item", select.control).map((item, number) => {
      item.id = `${field.id || field.name}-chosen-${number}`;
      return item.id;
    });
    const about = [...chosen, field.getAttribute("aria-describedby") || ""].join(" ").trim();
    about
      ? select.control_input.setAttribute("aria-describedby", about)
      : select.control_input.removeAttribute("aria-describedby");
  }

  async function lay(within) {
    const fields = all("[data-picker]", within).filter((each) => !each.tomselect && !each.disabled);
    if (!fields.length) return;
    await tomSelect();
    for (const field of fields)
      if (field.isConnected && !field.tomselect)
        field.tagName === "SELECT" ? overSelect(field) : overText(field);
  }
  document.addEventListener("htmx:load", (event) => lay(event.target).catch(() => {}));
  document.addEventListener("htmx:beforeCleanupElement", (event) => event.target.tomselect?.destroy());
  // a link in the summary of faults leads to the field under the list
  document.addEventListener("click", (event) => {
    const named = event.target.closest?.('a[href^="#"]')?.getAttribute("href").slice(1);
    const field = named && document.getElementById(named);
    if (!field?.tomselect) return;
    event.preventDefault();
    field.closest("details")?.setAttribute("open", "");
    field.tomselect.focus();
  });
  lay(document).catch(() => {}); // without the list the field is typed into
})();
