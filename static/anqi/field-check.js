// One inspection on the phone: the checklist that was loaded ahead, filled in and kept at every touch (docs/field.md).
// What the items look like and do is templates/inspections/_checking_*.html and checking.js, as on the page with network.
(() => {
  "use strict";
  const { field } = window.anqi;
  const { about, store, words } = field;
  const { make, icon, link, button, say, clock, filled, ask } = field.parts;
  const ASK_MS = 2500;
  // what a form says without blanks around it, as the server reads it: Python counts five signs more as blanks
  const isBlank = (sign) => !sign.trim() || [28, 29, 30, 31, 133].includes(sign.charCodeAt(0));
  // characters that nobody sees, such as those that turn text around: the server keeps none (visible, foundation/words.py)
  const HIDDEN = (
    "01-08 0b-0c 0e-1f 7f-84 86-9f ad-ad 61c-61c 115f-1160 17b4-17b5 200b-200b 200e-200f 202a-202e " +
    "2060-206f 2800-2800 3164-3164 feff-feff ffa0-ffa0 fff9-fffb e0000-e007f"
  )
    .split(" ")
    .map((range) => range.split("-").map((code) => Number.parseInt(code, 16)));
  const isSeen = (code) => HIDDEN.every(([first, last]) => code < first || last < code);
  function trim(typed) {
    const text = [...typed].filter((sign) => isSeen(sign.codePointAt(0))).join("");
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
      asks: asksOf(form),
    };
    return { draft, form, isNew: true };
  }
  const asksOf = (form) => Object.fromEntries(form.questions.map((each) => [each.code, each.ask]));
  // what a form asks otherwise than the one that a draft was answered on, by codes; nothing if nobody knows what that asked
  function changesOf(draft, form) {
    const signed = draft.signing?.summary.answers.map((each) => [each.code, each.ask]);
    const before = draft.asks || (signed && Object.fromEntries(signed));
    if (!before) return { anew: [], added: [], gone: [] };
    const asked = form.questions.filter((each) => !each.unasked).map((each) => each.code);
    const now = asksOf(form);
    return {
      anew: asked.filter((code) => code in before && before[code] !== now[code]),
      added: asked.filter((code) => !(code in before)),
      gone: Object.keys(before).filter((code) => !asked.includes(code)),
      before,
    };
  }
  // what was answered in other words was not answered: such items are asked anew, with their notes and photos
  function askAnew(draft, form) {
    const { anew, added } = changesOf(draft, form);
    const failed = (code) => draft.fields[`answer-${code}`]?.[0] === "fail";
    const isLeft = (code) => form.questions.some((each) => each.code === code);
    draft.had_failed = [...new Set([...(draft.had_failed || []), ...anew.filter(failed)])].filter(isLeft);
    Object.assign(draft, { asks: asksOf(form), anew, added, fields: { ...draft.fields } });
    for (const code of anew) delete draft.fields[`answer-${code}`];
  }
  // the same checklists in another version were loaded since: what is still asked is kept, the server says what is not
  function renew(draft, form) {
    const lists = listsOf(form);
    if (draft.lists === lists) {
      draft.asks ||= asksOf(form);
      return false;
    }
    askAnew(draft, form);
    draft.former = [...new Set([...draft.former.split(" "), ...draft.lists.split(" ")])]
      .filter(Boolean)
      .join(" ");
    Object.assign(draft, { lists, form: null, total: form.questions.length });
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

  const itemOf = (made, code) => made.querySelector(`[data-code="${CSS.escape(code)}"]`);
  // an item in the words of the page: its code stands nowhere on it
  function named(made, code) {
    const asked = itemOf(made, code)?.querySelector(".check-ask");
    return asked?.firstChild.textContent.trim() || code;
  }
  const namedAgain = (made, id) =>
    made
      .querySelector(`[name="again-${CSS.escape(id)}"]`)
      ?.closest("fieldset")
      .querySelector("legend span")
      .textContent.trim();
  const hasWords = (text) => /[\p{L}\p{N}]/u.test(text);
  // what would be refused anyway is said here, where it can still be asked: nobody signs it first
  function faultsOf(enterprise, form, draft, made) {
    const found = [];
    const answers = new FormData(made);
    const said = (name) => trim(answers.get(name) || "");
    const day = said("inspected_on");
    if (!day || day > today()) found.push([words.no_day, made.elements.inspected_on]);
    const answered = form.questions.filter((each) => answers.get(`answer-${each.code}`));
    if (!answered.length) found.push([words.answer_one, made.querySelector("[data-item]")]);
    const officers = form.officers.filter((each) => answers.getAll("officers").includes(String(each.id)));
    if (officers.filter((each) => each.police_number).length < 2)
      found.push([words.two_officers, made.querySelector(".checking-people")]);
    const open = form.questions.filter((each) => each.critical && !answers.get(`answer-${each.code}`));
    if (answered.length && open.length && !hasWords(said("left_reason")))
      found.push([
        words.critical_open.replace("@", open.map((each) => named(made, each.code)).join(words.comma)),
        made.querySelector("[data-left-reason]"),
      ]);
    for (const code of draft.had_failed || []) {
      if (!said(`answer-${code}`) && itemOf(made, code))
        found.push([filled(words.had_failed, named(made, code)), itemOf(made, code)]);
    }
    const failed = form.questions.filter((each) => said(`answer-${each.code}`) === "fail");
    for (const { code } of failed) {
      if (answers.has(`on_the_spot-${code}`)) continue;
      const [due, major] = [made.elements[`due_on-${code}`], made.elements[`major-${code}`]];
      const reason = made.elements[`due_reason-${code}`];
      const of = (text, at) => found.push([filled(text, named(made, code)), at]);
      if (!due.value) of(words.no_deadline, due);
      else if (due.value < day) of(words.deadline_before, due);
      else if (!trim(reason.value)) {
        if (major.defaultChecked && !major.checked) of(words.not_major, reason);
        // the lists may be of an earlier day, and the deadlines count from then
        const aged = Math.round((new Date(today()) - new Date(enterprise.day)) / 86_400_000) || 0;
        const latest = new Date(major.checked ? due.dataset.dueMajor : due.dataset.due);
        latest.setDate(latest.getDate() + aged);
        if (new Date(due.value) > latest) of(words.deadline_late, reason);
      }
    }
    const again = [...made.querySelectorAll("[data-again]")].filter((each) =>
      each.querySelector("input[value=send_back]:checked, input[value=still]:checked"),
    );
    for (const each of again) {
      const reason = each.querySelector("[name^=again_reason]");
      const name = each.querySelector("legend span").textContent.trim();
      const isAsked = each.querySelector("input[value=send_back]:checked");
      if (isAsked && !hasWords(reason.value)) found.push([filled(words.no_reason_again, name), reason]);
    }
    const chosen = said("conclusion");
    if (answered.length && chosen) {
      const at = made.elements.conclusion;
      const fields = { ...read(made), conclusion: [] };
      const follows = field.signing.summaryOf(enterprise, form, { ...draft, fields }).conclusion;
      if (chosen === "qualified" && follows === "unqualified") found.push([words.major_found, at]);
      else if (chosen !== "qualified" && !failed.length && !again.length) found.push([words.none_failed, at]);
      else if (chosen !== follows && !hasWords(said("concluded_reason")))
        found.push([
          filled(words.other_conclusion, words.conclusions[follows]),
          made.elements.concluded_reason,
        ]);
    }
    return found;
  }

  let later = null; // what only a checklist needs: its summary, and the pad for signatures
  function loadLater() {
    later ||= Promise.all(
      about.later.map(
        (address) =>
          new Promise((done, failed) => {
            const script = make("script");
            script.src = address;
            script.addEventListener("load", done);
            script.addEventListener("error", failed);
            document.head.append(script);
          }),
      ),
    ).catch((error) => {
      later = null;
      throw error;
    });
    return later;
  }

  // without its scripts a checklist could be filled in and never signed or sent
  function unfinished(place) {
    const box = make("section", "field-block field-empty");
    const again = button("btn btn-primary field-big", words.reload_now);
    again.addEventListener("click", () => location.reload());
    box.setAttribute("role", "alert");
    box.append(
      icon("cloud-off"),
      make("h2", "", words.part_missing),
      make("p", "quiet", words.part_missing_text),
      again,
    );
    field.title(words.title);
    place.replaceChildren(box);
  }
  async function show(place, id) {
    const pack = await store.pack();
    const enterprise = pack.enterprises[id];
    if (!enterprise) return field.missing(place, id);
    try {
      await loadLater();
    } catch {
      unfinished(place);
      return undefined;
    }
    const loaded = pack.forms[enterprise.form];
    const release = await hold(place, id);
    if (!release) return undefined;
    const { draft, form, isNew } = await draftOf(enterprise, loaded); // as the tab before left it
    const isRenewed = !isNew && !draft.form && renew(draft, form);
    const made = page(enterprise, form, draft, isNew);
    const faults = make("div", "field-faults");
    faults.setAttribute("role", "alert");
    faults.tabIndex = -1;
    tell(faults, made, draft, isRenewed);
    const finished = isNew && (await finishedHere(enterprise.id));
    if (finished) made.prepend(finished);
    place.replaceChildren(faults, made);
    field.title(enterprise.name);

    let saving = Promise.resolve();
    let isOver = false;
    let isTold = false; // that other answers are signed again
    const count = () => {
      draft.answered = form.questions.filter((each) => draft.fields[`answer-${each.code}`]).length;
      return `${draft.answered} / ${draft.total}`;
    };
    // at once, in order, without waiting for a pause: the tab may be closed now
    function save() {
      if (isOver) return saving;
      draft.fields = read(made);
      throwAway.hidden = false;
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
    const throwAway = button("btn btn-link text-red field-throw", words.throw_draft);
    throwAway.hidden = isNew;
    throwAway.addEventListener("click", async () => {
      if (!(await ask(words.throw_draft_sure, words.throw_draft_text, words.discard))) return;
      await over().catch(() => {}); // what is being saved now must not come back
      await store.dropDraft(draft);
      location.replace("#");
    });
    made.querySelector("#end").append(throwAway);
    for (const name of ["input", "change", "click"]) {
      made.addEventListener(name, (event) => {
        if (event.target.closest("[data-next], [data-record], [data-open], .check-photos, summary, nav"))
          return;
        if (name === "click" && !event.target.closest("[data-pass-all]")) return;
        if (field.signing.signed(draft).length && !isTold) say(words.signed_before);
        isTold = true;
        save();
      });
    }
    made.addEventListener("submit", (event) => event.preventDefault());
    const items = `#check/${id}`;
    let leave = null; // of the summary and its signatures
    let turn = 0;
    let cameHere = false; // from the items: they are the page before in the phone's history
    let seenAt = 0;
    const isSound = () => {
      const found = faultsOf(enterprise, form, draft, made);
      faults.replaceChildren(...found.map(([text, at]) => leading(text, at)));
      if (!found.length) return true;
      faults.scrollIntoView({ block: "center" });
      faults.focus({ preventScroll: true });
      return false;
    };
    made.querySelector("[data-record]").addEventListener("click", () => {
      if (!isSound()) return;
      cameHere = true;
      seenAt = scrollY;
      location.hash = `${items}/sign`;
    });
    function back() {
      if (!leave) return false;
      if (cameHere) history.back();
      else location.replace(items);
      return true;
    }
    // nobody signs what the server would not take: with a network it is asked which checklists are in force
    async function isReplaced() {
      const enough = new Promise((done) => {
        setTimeout(done, ASK_MS);
      });
      const asked = field.sending.load(`?enterprise=${encodeURIComponent(id)}`, false).catch(() => null);
      const fresh = await Promise.race([asked, enough]); // nothing without network, or in time
      const now = fresh?.forms[fresh.enterprises[id]?.form];
      return Boolean(now) && listsOf(now) !== draft.lists;
    }
    // to the summary that is signed, or from it back to the items
    async function step(name) {
      const mine = ++turn;
      if (name !== "sign") {
        if (!leave) return;
        leave();
        leave = null;
        isTold = false;
        place.replaceChildren(faults, made);
        field.title(enterprise.name);
        scrollTo(0, seenAt);
        return;
      }
      if (draft.answered ? !isSound() : true) {
        location.replace(items);
        return;
      }
      await save();
      const isWanted = () => mine === turn && !isOver;
      if (await isReplaced()) {
        if (!isWanted()) return;
        draft.form = null;
        await save();
        history.replaceState(null, "", items);
        field.go(`check/${id}`, true);
        return;
      }
      if (!isWanted()) return;
      const about = { enterprise, form, draft, made, save, over, back, isWanted };
      leave = (await field.signing.show(place, about)) || leave;
    }
    function over(is = true) {
      isOver = is;
      return saving;
    }
    document.dispatchEvent(new CustomEvent("htmx:load")); // checking.js begins
    if (isNew) field.state("device-mobile", `${words.nothing_yet} · ${count()}`);
    else save();
    const close = () => {
      isOver = true;
      leave?.();
      release();
    };
    Object.assign(close, { id, step, back });
    if (location.hash === `${items}/sign`) await step("sign");
    return close;
  }
  // what is wrong, and the way to where it is put right
  function leading(text, at) {
    const line = make("p");
    const there = link("", text);
    there.addEventListener("click", (event) => {
      event.preventDefault();
      at?.scrollIntoView({ block: "center" });
      const fields = "input, textarea, select, button";
      (at?.matches(fields) ? at : at?.querySelector(fields))?.focus({ preventScroll: true });
    });
    line.append(there);
    return line;
  }
  function tell(faults, made, draft, isRenewed) {
    const lines = isRenewed ? [words.renewed] : [];
    const nameOf = (name, code) => (name.startsWith("again") && namedAgain(made, code)) || named(made, code);
    for (const [name, problems] of Object.entries(draft.why || {})) {
      const code = name.includes("-") ? name.slice(name.indexOf("-") + 1) : "";
      for (const each of problems) lines.push(code ? `${nameOf(name, code)}${words.colon}${each}` : each);
    }
    const isOpen = (code) => !draft.fields[`answer-${code}`] && itemOf(made, code);
    const links = (codes, text) =>
      (codes || [])
        .filter(isOpen)
        .map((code) => leading(filled(text, named(made, code)), itemOf(made, code)));
    faults.replaceChildren(
      ...lines.map((each) => make("p", "", each)),
      ...links(draft.anew, words.asked_anew),
      ...links(draft.added, words.asked_first),
    );
  }

  // an inspection of this enterprise that was finished here today or waits: who opens it again means another visit
  async function finishedHere(id) {
    const { waiting, arrived } = await store.finished();
    const done = waiting.get(id) || arrived.get(id);
    if (!done) return null;
    const box = make("div", "field-banner");
    const line = make("div");
    const text = waiting.has(id) ? words.finished_waits : words.finished_arrived;
    line.append(make("b", "", filled(text, clock(done.at))), make("div", "", words.finished_again));
    box.append(icon("clipboard-check"), line, link("#waiting", words.show, "btn"));
    return box;
  }
  // an enterprise's checklist is open in one tab: a code that is scanned twice opens two
  async function hold(place, id) {
    let release;
    const until = new Promise((done) => {
      release = done;
    });
    const name = `anqi-field-draft-${store.who().owner}-${id}`;
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
  field.check = { show, trim, read, renew, askAnew, changesOf, today };
})();
