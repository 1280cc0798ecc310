// One inspection on the phone: the checklist that was loaded ahead, filled in and kept at every touch (docs/field.md).
// What the items look like and do is templates/inspections/_checking_*.html and checking.js, as on the page with network.
(() => {
  "use strict";
  const { field } = window.anqi;
  const { store, words } = field;
  const { make, icon, link, button, clock } = field.parts;
  // what a form says without blanks around it, as the server reads it: Python counts five signs more as blanks
  const isBlank = (sign) => !sign.trim() || [28, 29, 30, 31, 133].includes(sign.charCodeAt(0));
  function trim(text) {
    let [from, to] = [0, text.length];
    while (from < to && isBlank(text[from])) from++;
    while (from < to && isBlank(text[to - 1])) to--;
    return text.slice(from, to);
  }
  const today = () => {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()]
      .map((each) => `${each}`.padStart(2, "0"))
      .join("-");
  };
  const listsOf = (form) => form.lists.map((each) => `${each.kind}:${each.number}`).join(" ");

  // the draft at an enterprise, or a new one
  async function draftOf(enterprise, form) {
    const drafts = (await store.list("drafts")).filter((each) => each.enterprise === enterprise.id);
    const last = drafts.at(-1);
    if (last) return { draft: last, form: last.form || form };
    const draft = {
      id: crypto.randomUUID(),
      enterprise: enterprise.id,
      name: enterprise.name,
      begun_at: new Date().toISOString(),
      lists: listsOf(form),
      former: "",
      fields: {},
      photos: [],
      total: form.questions.length,
      answered: 0,
    };
    return { draft, form, isNew: true };
  }
  // the same checklists in another version were loaded since: what is still asked is kept, the server says what is not
  function renew(draft, form) {
    const lists = listsOf(form);
    if (draft.lists === lists) return false;
    draft.former = [...new Set([...draft.former.split(" "), ...draft.lists.split(" ")])]
      .filter(Boolean)
      .join(" ");
    Object.assign(draft, { lists, form: null, total: form.questions.length, signing: null });
    return true;
  }

  const read = (form) => {
    const found = {};
    for (const [name, value] of new FormData(form)) {
      if (typeof value !== "string" || !trim(value)) continue;
      found[name] ||= [];
      found[name].push(trim(value));
    }
    return found;
  };
  function fill(form, fields) {
    for (const each of form.elements) {
      if (!each.name || each.type === "file" || each.type === "hidden") continue;
      const given = fields[each.name];
      if (each.type === "checkbox" || each.type === "radio")
        each.checked = given ? given.includes(each.value) : each.type === "radio" && each.value === "";
      else if (given) [each.value] = given;
      else if (!("due" in each.dataset) && each.tagName !== "SELECT") each.value = "";
    }
  }

  // a new form begins with who checked in at the door or was planned, and for what
  function begin(made, { expected }) {
    made.elements.inspected_on.value = today();
    if (expected?.on !== today()) return;
    made.elements.kind.value = expected.kind;
    const people = [...made.querySelectorAll("[name=officers]")];
    const there = people.filter((each) => expected.officers.includes(Number(each.value)));
    if (there.length) for (const each of people) each.checked = there.includes(each);
  }

  function page(enterprise, form, draft, isNew) {
    const made = make("form", "anqi-form checking");
    made.noValidate = true;
    made.dataset.checking = "";
    made.innerHTML = form.html; // the server's own templates, sealed since they came
    if (enterprise.again) {
      const first = made.querySelector("[data-section]");
      first.insertAdjacentHTML("beforebegin", enterprise.again);
      const tab = link("#again", words.left_open, "");
      tab.append(make("small", "", String(enterprise.left)));
      made.querySelector(".checking-tabs").prepend(tab);
    }
    for (const each of made.querySelectorAll(".checking-tabs a"))
      each.addEventListener("click", (event) => {
        event.preventDefault(); // the address says which page of the phone this is
        made.querySelector(each.getAttribute("href"))?.scrollIntoView();
      });
    const bar = make("div", "checking-bar");
    const next = button("btn btn-primary", words.next);
    next.dataset.next = "";
    next.hidden = true;
    const left = make("span", "checking-left");
    left.dataset.left = "";
    next.append(left, icon("arrow-down"));
    const record = button("btn", words.check_and_sign);
    record.prepend(icon("writing-sign"));
    record.setAttribute("aria-label", words.check_and_sign);
    record.dataset.record = "";
    bar.append(next, record);
    made.append(bar);
    if (isNew) begin(made, enterprise);
    else fill(made, draft.fields);
    return made;
  }

  // an item in the words of the page: its code stands nowhere on it
  function named(made, code) {
    const asked = made.querySelector(`[data-code="${CSS.escape(code)}"] .check-ask`);
    return asked?.firstChild.textContent.trim() || code;
  }
  // what would be refused anyway is said here, where it can still be asked
  function faultsOf(form, made) {
    const found = [];
    const answers = new FormData(made);
    const answered = form.questions.filter((each) => answers.get(`answer-${each.code}`));
    if (!answered.length) found.push([words.answer_one, made.querySelector("[data-item]")]);
    const officers = form.officers.filter((each) => answers.getAll("officers").includes(String(each.id)));
    if (officers.filter((each) => each.police_number).length < 2)
      found.push([words.two_officers, made.querySelector(".checking-people")]);
    const open = form.questions.filter((each) => each.critical && !answers.get(`answer-${each.code}`));
    if (answered.length && open.length && !trim(answers.get("left_reason") || ""))
      found.push([
        words.critical_open.replace("@", open.map((each) => named(made, each.code)).join(words.comma)),
        made.querySelector("[data-left-reason]"),
      ]);
    for (const each of form.questions) {
      if (answers.get(`answer-${each.code}`) !== "fail" || answers.has(`on_the_spot-${each.code}`)) continue;
      const due = made.elements[`due_on-${each.code}`];
      if (due && !due.value) found.push([words.no_deadline.replace("@", named(made, each.code)), due]);
    }
    return found;
  }

  async function show(place, id) {
    const pack = await store.pack();
    const enterprise = pack.enterprises[id];
    if (!enterprise) return field.missing(place, id);
    const loaded = pack.forms[enterprise.form];
    const { draft, form, isNew } = await draftOf(enterprise, loaded);
    const release = await hold(place, draft, id);
    if (!release) return undefined;
    const isRenewed = !isNew && !draft.form && renew(draft, form);
    const made = page(enterprise, form, draft, isNew);
    const faults = make("div", "field-faults");
    faults.setAttribute("role", "alert");
    faults.tabIndex = -1;
    tell(faults, made, draft, isRenewed);
    place.replaceChildren(faults, made);
    field.title(enterprise.name);

    let saving = Promise.resolve();
    let isOver = false;
    const count = () => {
      draft.answered = form.questions.filter((each) => draft.fields[`answer-${each.code}`]).length;
      return `${draft.answered} / ${draft.total}`;
    };
    // at once, in order, without waiting for a pause: the tab may be closed now
    function save() {
      if (isOver) return saving;
      draft.fields = read(made);
      const state = count();
      saving = saving
        .catch(() => {})
        .then(() => store.saveDraft(draft))
        .then(
          (at) => field.state("device-mobile-check", `${words.saved_here} ${clock(at)} · ${state}`),
          () => field.state("alert-triangle", words.storage_full, "error"),
        );
      return saving;
    }
    const places = [...made.querySelectorAll("[data-photos]")];
    for (const each of places)
      field.photos.widget(each, each.closest("[data-item]").dataset.code, draft, save);
    const whole = make("div", "check-photos field-whole");
    made.querySelector("#end").append(make("h3", "", words.photos_of_visit), whole);
    field.photos.widget(whole, "", draft, save);
    for (const name of ["input", "change", "click"]) {
      made.addEventListener(name, (event) => {
        if (event.target.closest("[data-next], [data-record], [data-open], .check-photos, summary, nav"))
          return;
        if (name === "click" && !event.target.closest("[data-pass-all]")) return;
        draft.signing = null; // other answers are signed again
        save();
      });
    }
    made.addEventListener("submit", (event) => event.preventDefault());
    made.querySelector("[data-record]").addEventListener("click", async () => {
      const found = faultsOf(form, made);
      faults.replaceChildren(...found.map(([text, at]) => leading(text, at)));
      if (found.length) {
        faults.scrollIntoView({ block: "center" });
        faults.focus({ preventScroll: true });
        return;
      }
      await save();
      field.signing.show(place, { enterprise, form, draft, made, save, over });
    });
    function over() {
      isOver = true;
      return saving;
    }
    document.dispatchEvent(new CustomEvent("htmx:load")); // checking.js begins
    if (isNew) field.state("device-mobile", `${words.nothing_yet} · ${count()}`);
    else save();
    return () => {
      isOver = true;
      release();
    };
  }
  // what is wrong, and the way to where it is put right
  function leading(text, at) {
    const line = make("p");
    const there = link("", text);
    there.addEventListener("click", (event) => {
      event.preventDefault();
      at?.scrollIntoView({ block: "center" });
      at?.querySelector("input, textarea, select, button")?.focus({ preventScroll: true });
    });
    line.append(there);
    return line;
  }
  function tell(faults, made, draft, isRenewed) {
    const lines = isRenewed ? [words.renewed] : [];
    for (const [name, problems] of Object.entries(draft.why || {})) {
      const code = name.includes("-") ? name.slice(name.indexOf("-") + 1) : "";
      for (const each of problems) lines.push(code ? `${named(made, code)}: ${each}` : each);
    }
    faults.replaceChildren(...lines.map((each) => make("p", "", each)));
  }

  // a draft is open in one tab
  async function hold(place, draft, id) {
    let release;
    const until = new Promise((done) => {
      release = done;
    });
    const name = `anqi-field-draft-${draft.id}`;
    const ask = (options) =>
      new Promise((done) => {
        navigator.locks
          .request(name, options, (lock) => {
            done(Boolean(lock));
            return lock ? until : undefined;
          })
          .catch(() => elsewhere(place, () => field.go(`check/${id}`, true))); // taken over by another tab
      });
    if (await ask(field.takesOver ? { steal: true } : { ifAvailable: true })) {
      field.takesOver = false;
      return release;
    }
    elsewhere(place, () => field.go(`check/${id}`, true));
    return null;
  }
  function elsewhere(place, take) {
    const box = make("section", "field-block");
    const here = button("btn btn-primary field-big", words.go_on_here);
    here.addEventListener("click", () => {
      field.takesOver = true;
      take();
    });
    box.append(make("h2", "", words.open_elsewhere), make("p", "", words.open_elsewhere_text), here);
    place.replaceChildren(box);
  }
  field.check = { show, trim, read, renew, today };
})();
