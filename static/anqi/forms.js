// Forms for records: the search of enterprises by keyboard, and the key of a form after "Back".
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

  // a list that was asked for before something was picked from the last one comes too late
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "picker-choices") return;
    const search = document.querySelector(".picker input[name=find]");
    if (search.value === search.dataset.pickedFor && hits().some((each) => each.checked))
      event.detail.shouldSwap = false;
  });

  // the address names the enterprise that was picked, so that Back and reload show it again
  document.addEventListener("change", (event) => {
    const choice = event.target;
    if (!choice.matches?.(".picker input[type=radio]") || !choice.checked) return;
    const search = choice.closest(".picker").querySelector("input[name=find]");
    search.dataset.pickedFor = search.value;
    const address = new URL(location.href);
    address.searchParams.set(choice.name, choice.value);
    history.replaceState(history.state, "", address);
  });

  // --- a row of a form that may stay out: what was typed into it is left out too, and no longer kept on the device
  const offerRemoval = (within) => {
    for (const button of all("button[data-remove]", within)) button.hidden = false;
  };
  offerRemoval();
  document.addEventListener("htmx:load", (event) => offerRemoval(event.target));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-remove]");
    if (!button) return;
    const row = button.closest(button.dataset.remove);
    const form = row.closest("form");
    const rest = all(button.dataset.remove, form).filter((each) => each !== row);
    row.remove();
    form.dispatchEvent(new Event("input", { bubbles: true }));
    (rest.at(-1) || form).querySelector("input:not([type=hidden]), button:not([hidden])")?.focus();
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
  // a form shown again by sending.js, and one whose text was put back by drafts.js
  for (const name of ["htmx:load", "anqi:key"])
    document.addEventListener(name, (event) => {
      const input = event.target.querySelector?.("input[name=form_key]");
      if (input && (name === "anqi:key" || event.target === document.body)) noteKey(input);
    });
})();
