// Forms: what an address says, rows that may stay out, and the key of a form after "Back".
(() => {
  "use strict";
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));

  // --- what was read from an address: fills empty fields, says so, and is undone by one button -------------------
  const place = { own: {}, before: {}, refused: "" }; // what was filled in, what stood there, what the person undid
  const PLACE = ["division_code", "street"];
  function put(field, value) {
    if (field.value === value) return;
    field.value = value;
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
  }
  const isOurs = (field) => field.value && field.value === place.own[field.name];
  function takePlace(box, everything) {
    const read = JSON.parse(box.dataset.readValues);
    const fields = PLACE.map((name) => box.closest("form").elements[name]);
    for (const field of fields) {
      const value = read[field.name] || "";
      if (isOurs(field)) put(field, value);
      else if (value && (everything || !field.value)) {
        place.before[field.name] = field.value;
        put(field, value);
      } else continue;
      place.own[field.name] = value;
    }
    sayPlace(box, fields, read);
  }
  function sayPlace(box, fields, read) {
    const taken = fields.every((field) => !read[field.name] || field.value === read[field.name]);
    box.querySelector("[data-read-done]").hidden = !taken;
    box.querySelector("[data-read-take]").hidden = taken;
    box.querySelector("[data-read-undo]").hidden = !fields.some(isOurs);
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    const box = event.detail.target.id === "place" && document.querySelector("#place [data-read]");
    if (!box) return;
    if (box.dataset.readValues !== place.refused) return takePlace(box, false);
    box.querySelector("[data-read-take]").hidden = false;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-read-take],[data-read-undo]");
    const box = button?.closest("[data-read]");
    if (!box) return;
    const other = button.parentElement.querySelector("[data-read-take], [data-read-undo]");
    if ("readTake" in button.dataset) {
      place.refused = "";
      takePlace(box, true);
    } else {
      const fields = PLACE.map((name) => box.closest("form").elements[name]);
      for (const field of fields.filter(isOurs)) put(field, place.before[field.name] || "");
      place.own = {};
      place.refused = box.dataset.readValues;
      sayPlace(box, fields, JSON.parse(box.dataset.readValues));
    }
    (other.hidden ? button.parentElement.querySelector("button:not([hidden])") : other)?.focus();
  });

  // --- severity and deadline follow the item, the day and each other, as long as nobody typed others ---------------
  async function propose(due, byItem) {
    const { proposes, item, major, day } = due.dataset;
    const { elements } = due.form;
    const severe = elements[major];
    const follows = severe.checked === (severe.dataset.proposed === "1");
    const query = new URLSearchParams({ item: elements[item].value, day: elements[day].value });
    if (!byItem || !follows) query.set("major", severe.checked ? "1" : "0");
    due.dataset.asked = query;
    const before = severe.checked;
    const response = await fetch(`${proposes}?${query}`, { headers: { "HX-Request": "true" } }).catch(
      () => null,
    );
    if (!response?.ok || response.headers.get("HX-Redirect") || due.dataset.asked !== String(query)) return;
    const found = await response.json();
    if (byItem && follows && severe.checked === before) severe.checked = found.major;
    severe.dataset.proposed = Number(found.major_by_item);
    if (!due.value || due.value === due.dataset.proposed) put(due, found.due_on);
    due.dataset.proposed = found.due_on;
    const help = document.getElementById(`${due.id}_helptext`);
    if (help) help.innerHTML = found.words;
    severe.dispatchEvent(new Event("input", { bubbles: true }));
  }
  document.addEventListener("change", ({ target }) => {
    for (const due of all("[data-proposes]", target.form))
      if ([due.dataset.item, due.dataset.major, due.dataset.day].includes(target.name))
        propose(due, target.name === due.dataset.item);
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
