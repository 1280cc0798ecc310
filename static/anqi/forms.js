// Forms for records: the search of enterprises by keyboard, and what was typed when the session had ended.
(() => {
  "use strict";
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // --- the enterprise picker: arrows move, Enter picks and never sends the form ----------------------------
  const hits = () => all("#picker-choices input[type=radio]");
  function highlight(search, choice) {
    for (const each of hits()) each.closest("label").classList.toggle("picker-here", each === choice);
    if (choice) {
      search.setAttribute("aria-activedescendant", choice.id);
      choice.closest("label").scrollIntoView({ block: "nearest" });
    } else search.removeAttribute("aria-activedescendant");
  }
  document.addEventListener("keydown", (event) => {
    const search = event.target;
    if (!search.matches?.(".picker input[name=find]") || event.isComposing) return;
    const found = hits();
    const at = found.findIndex((each) => each.id === search.getAttribute("aria-activedescendant"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!found.length) return;
      event.preventDefault();
      const down = event.key === "ArrowDown";
      highlight(
        search,
        found[at < 0 ? (down ? 0 : found.length - 1) : (at + (down ? 1 : -1) + found.length) % found.length],
      );
    } else if (event.key === "Enter" && (found.length || search.value.trim())) {
      event.preventDefault();
      const choice = found[at] || (found.length === 1 ? found[0] : null);
      if (choice) {
        choice.checked = true;
        choice.dispatchEvent(new Event("input", { bubbles: true }));
        choice.dispatchEvent(new Event("change", { bubbles: true }));
      }
      highlight(search, choice || found[0]);
    } else if (event.key === "Escape") highlight(search, null);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "picker-choices")
      highlight(document.querySelector(".picker input[name=find]"), null);
  });

  // --- Back after saving shows the form anew: with its first key, so that saving twice makes no second record
  function rememberKey() {
    const input = document.querySelector("input[name=form_key]");
    if (!input) return;
    const before = history.state?.form_key;
    if (before && performance.getEntriesByType("navigation")[0]?.type === "back_forward")
      input.value = before;
    else noteKey(input);
  }
  const noteKey = (input) => history.replaceState({ ...history.state, form_key: input.value }, "");
  rememberKey();

  // --- drafts: a form that met a login page or an error page instead of its answer is filled in again ------
  const KEY = "anqi_draft";
  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY) || "null");
    } catch {
      return null;
    }
  };
  const write = (draft) => {
    try {
      draft ? sessionStorage.setItem(KEY, JSON.stringify(draft)) : sessionStorage.removeItem(KEY);
    } catch {
      /* forbidden or full */
    }
  };
  const person = (form) => form.dataset.draft; // another person on the same computer gets nothing

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || document.body.matches(".entrance,.error-page")) return;
    if (!person(form) || form.querySelector("input[type=password],input[type=file]")) return write(null);
    const fields = Array.from(new FormData(form)).filter(
      ([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string",
    );
    write({ path: location.pathname, search: location.search, person: person(form), fields });
  });

  async function restore(form, draft) {
    const values = new Map();
    for (const [name, value] of draft.fields) values.set(name, [...(values.get(name) || []), value]);
    const chosen = values.get("enterprise")?.[0];
    if (
      chosen &&
      form.querySelector(".picker") &&
      !form.querySelector(`[name=enterprise][value="${CSS.escape(chosen)}"]`)
    ) {
      const address = new URL(location.href);
      if (address.searchParams.get("enterprise") !== chosen) {
        // let the server show the enterprise that was chosen
        address.searchParams.set("enterprise", chosen);
        return location.replace(address);
      }
    }
    const rows = Number(values.get("hazards-TOTAL_FORMS")?.[0] || 0);
    for (let row = all(".hazard-row", form).length; row < Math.min(rows, 10) && window.htmx; row++) {
      await window.htmx.ajax("GET", `${location.pathname}?row=${row}`, {
        target: "#hazard-rows",
        swap: "beforeend",
      });
    }
    for (const total of all("[name=hazards-TOTAL_FORMS]", form))
      total.value = String(all(".hazard-row", form).length);
    for (const input of form.elements) {
      if (
        !input.name ||
        input.name === "csrfmiddlewaretoken" ||
        input.type === "password" ||
        input.name === "hazards-TOTAL_FORMS"
      )
        continue;
      const typed = values.get(input.name);
      if (input.type === "checkbox" || input.type === "radio") {
        if (typed || input.type === "checkbox") input.checked = Boolean(typed?.includes(input.value));
      } else if (input.multiple)
        for (const option of input.options) option.selected = Boolean(typed?.includes(option.value));
      else if (typed && input.type !== "submit") input.value = typed[0];
    }
    if (form.elements.form_key) noteKey(form.elements.form_key);
    form.dataset.dirty = "";
    write(null);
    window.anqi.say(window.anqi.words.draft_kept, "info");
  }
  function start() {
    const draft = read();
    if (!draft) return;
    if (document.body.matches(".entrance,.error-page")) return write({ ...draft, detour: true });
    if (document.querySelector("[data-person]")?.dataset.person !== draft.person) return write(null);
    const form = all("form[data-draft]").find(
      (each) => each.method === "post" && person(each) === draft.person,
    );
    if (draft.detour && form && draft.path === location.pathname && !form.querySelector(".form-errors"))
      restore(form, draft);
    else if (
      draft.detour &&
      !draft.brought &&
      !form &&
      /^\/(accounts|people\/act-as)\//.test(new URL(document.referrer || location.href).pathname)
    ) {
      // the login leads to the start page after a POST; go on where the person was
      write({ ...draft, brought: true });
      location.replace(draft.path + draft.search);
    } else write(null);
  }
  start(); // the script is deferred: the document is there
})();
