// What a form holds: the values a person can type, as the server showed them and as they are now, and their words.
(() => {
  "use strict";
  const SECRET = /^(password|file|submit|button|reset|image|search)$/;
  function controls(form) {
    return Array.from(form.elements).filter(
      (each) =>
        each.name &&
        (each.type !== "hidden" || "drawn" in each.dataset) && // a signature is drawn, not typed
        !SECRET.test(each.type) &&
        !each.readOnly &&
        !/one-time-code|password/.test(each.autocomplete || "") &&
        !("secret" in each.dataset),
    );
  }
  // what the server showed; a browser that goes "Back" has filled in what was typed before any script runs
  function shownBy(form) {
    const values = {};
    for (const each of controls(form)) {
      values[each.name] ||= [];
      if (each.type === "checkbox" || each.type === "radio")
        each.defaultChecked && values[each.name].push(each.value);
      else if (each.tagName === "SELECT") {
        const chosen = Array.from(each.options).filter((option) => option.defaultSelected);
        if (!chosen.length && !each.multiple && each.options.length) chosen.push(each.options[0]);
        values[each.name].push(...chosen.map((option) => option.value));
      } else values[each.name].push(each.defaultValue);
    }
    return values;
  }
  function valuesOf(form) {
    const values = {};
    for (const each of controls(form)) {
      values[each.name] ||= [];
      if (each.type === "checkbox" || each.type === "radio")
        each.checked && values[each.name].push(each.value);
      else if (each.type === "select-multiple")
        values[each.name].push(...Array.from(each.selectedOptions, (option) => option.value));
      else values[each.name].push(each.value);
    }
    return values;
  }
  const same = (one, other) => JSON.stringify(one || []) === JSON.stringify(other || []);
  const isEmpty = (values) => (values || []).every((each) => each === "");
  function changed(values, base) {
    return Object.fromEntries(
      Object.entries(values).filter(
        ([name, now]) => (name in base ? !same(now, base[name]) : !isEmpty(now)), // a row that was added
      ),
    );
  }
  function labelsOf(form, names) {
    const labels = {};
    for (const each of controls(form)) {
      if (!(each.name in names) || labels[each.name]) continue;
      const group =
        each.type === "radio"
          ? each.closest("fieldset, [role=group], .mb-3")?.querySelector("legend, label")
          : null;
      labels[each.name] =
        (group || each.labels?.[0] || each.tomselect?.control_input.labels?.[0])?.textContent
          .replace(/\s+/g, " ")
          .replace(/\*\s*$/, "")
          .trim()
          .slice(0, 80) || each.name;
    }
    return labels;
  }
  // the words of what a picker holds
  const picked = (field) =>
    (field.tomselect?.items || []).map((value) => field.tomselect.options[value]?.text || value).join(", ");
  function shownAs(form, names) {
    const shown = {};
    for (const each of controls(form)) {
      if (!(each.name in names)) continue;
      shown[each.name] ||= [];
      if (each.type === "select-one" || each.type === "select-multiple")
        shown[each.name].push(...Array.from(each.selectedOptions, (option) => option.textContent.trim()));
      else if (each.type === "checkbox" || each.type === "radio")
        each.checked &&
          shown[each.name].push(each.labels?.[0]?.textContent.replace(/\s+/g, " ").trim() || "✓");
      else if ("drawn" in each.dataset) each.value && shown[each.name].push("✓");
      else shown[each.name].push(picked(each) || each.value);
    }
    return shown;
  }
  function set(control, wanted) {
    if (control.type === "checkbox" || control.type === "radio") {
      const on = wanted.includes(control.value);
      if (control.checked === on || (control.type === "radio" && !on)) return;
      control.checked = on;
    } else if (control.type === "select-multiple") {
      for (const option of control.options) option.selected = wanted.includes(option.value);
    } else {
      if (control.value === wanted[0]) return;
      control.value = wanted[0] ?? "";
    }
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function fill(form, values) {
    const places = {};
    for (const control of controls(form)) {
      if (!(control.name in values)) continue;
      const wanted = values[control.name];
      if (/^(checkbox|radio|select-multiple)$/.test(control.type)) set(control, wanted);
      else {
        places[control.name] = (places[control.name] ?? -1) + 1;
        set(control, [wanted[places[control.name]]]);
      }
    }
    const now = valuesOf(form);
    return Object.entries(values).every(([name, wanted]) => same(now[name], wanted));
  }

  window.anqi.fields = { controls, shownBy, valuesOf, same, changed, labelsOf, shownAs, fill };
})();
