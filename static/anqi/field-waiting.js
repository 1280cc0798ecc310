// What waits on the phone and why, what the server has not taken, and what arrived today.
(() => {
  "use strict";
  const { field } = window.anqi;
  const { about, store, words } = field;
  const LANGUAGE = document.documentElement.lang;

  // --- small parts that all pages of the phone are made of -----------------------------------------------------------
  function make(name, className, text) {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  }
  function icon(name) {
    const made = make("i", `ti ti-${name}`);
    made.setAttribute("aria-hidden", "true");
    return made;
  }
  function link(href, text, className) {
    const made = make("a", className, text);
    made.href = href;
    return made;
  }
  function button(className, text) {
    const made = make("button", className);
    made.type = "button";
    made.append(make("span", "", text));
    return made;
  }
  function say(text, level = "info") {
    const note = make("p", `field-note field-note-${level}`, text);
    if (level === "error") note.setAttribute("role", "alert");
    document.querySelector("[data-notes]").replaceChildren(note);
    setTimeout(() => note.remove(), 8000);
  }
  const clock = (at) =>
    new Intl.DateTimeFormat(LANGUAGE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
  const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
  function age(at) {
    const minutes = Math.round((at - Date.now()) / 60_000);
    if (minutes > -60) return relative.format(minutes, "minute");
    if (minutes > -2880) return relative.format(Math.round(minutes / 60), "hour");
    return relative.format(Math.round(minutes / 1440), "day");
  }
  const size = (bytes) =>
    new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 }).format(
      Math.max(bytes, 100_000) / 1_000_000,
    );
  const filled = (text, ...values) => values.reduce((now, each) => now.replace("@", each), text);
  // asked before something is gone for good: whether they go on
  function ask(title, text, yes) {
    const box = make("dialog", "field-ask");
    box.setAttribute("aria-label", title);
    const stay = button("btn btn-primary field-big", words.keep);
    const gone = button("btn field-big text-red", yes);
    box.append(make("h2", "", title), make("p", "", text), stay, gone);
    document.body.append(box);
    return new Promise((done) => {
      stay.addEventListener("click", () => box.close(""));
      gone.addEventListener("click", () => box.close("gone"));
      box.addEventListener("close", () => {
        box.remove();
        done(box.returnValue === "gone");
      });
      box.showModal();
    });
  }
  // a day near today in words, and whether it is over
  function near(day, today) {
    const days = Math.round((new Date(day) - new Date(today)) / 86_400_000);
    const short = day.slice(0, 4) === today.slice(0, 4) ? day.slice(5) : day;
    const text = filled(days < 0 ? words.late : words.due, short);
    return [days === 0 || days === 1 ? relative.format(days, "day") : text, days < 0];
  }
  field.parts = { make, icon, link, button, say, clock, age, size, filled, ask, near };

  // --- the page ----------------------------------------------------------------------------------------------------------
  const reasons = {
    here: ["cloud-upload", words.why_here],
    none: ["cloud-off", words.why_none],
    foreign: ["wifi-off", words.why_foreign],
    nobody: ["lock", words.why_nobody],
    other: ["users", words.why_other],
    failing: ["alert-triangle", words.why_failing],
    forbidden: ["lock", words.why_forbidden],
    behind: ["clipboard-check", words.why_behind],
    unknown: ["cloud", words.why_unknown],
  };
  function banner(count) {
    const [name, text] = reasons[field.sending.state.network];
    const box = make("div", `field-banner field-banner-${field.sending.state.network}`);
    const line = make("div");
    line.append(make("b", "", filled(words.waits, count)), make("div", "", text));
    box.append(icon(name), line);
    if (field.sending.state.network === "nobody")
      box.append(
        link(`${about.login}?next=${encodeURIComponent(`${about.shell}#waiting`)}`, words.log_in, "btn"),
      );
    return box;
  }
  function row(symbol, title, detail, side, tone = "") {
    const made = make("li", tone);
    const middle = make("div");
    middle.append(make("b", "", title), make("div", "quiet", detail));
    made.append(icon(symbol), middle, make("span", "field-age", side));
    return made;
  }
  function section(title, rows) {
    const made = make("section", "field-block");
    const head = make("h2", "", title);
    head.append(make("span", "quiet", ` ${rows.length}`));
    const list = make("ol", "field-list");
    list.append(...rows);
    made.append(head, list);
    return made;
  }
  function contents(item) {
    const parts = [filled(words.items, item.draft.answered)];
    const failed = Object.values(item.draft.fields).filter((each) => each[0] === "fail").length;
    if (failed) parts.push(filled(words.failed, failed));
    const signatures = item.draft.signing?.signatures || [];
    const refused = signatures.some((each) => each.refused);
    const signed = signatures.filter((each) => !each.refused).length;
    if (signed) parts.push(filled(words.signatures, signed));
    if (refused) parts.push(words.signing_refused);
    return parts.join(words.comma);
  }

  // one row for an inspection, one for all its photos
  function waitingRows(queue) {
    const rows = [];
    for (const each of queue.filter((item) => item.kind === "inspection" && item.state === "waiting"))
      rows.push(
        row(
          "clipboard-check",
          `${words.inspection} · ${each.title}`,
          contents(each),
          field.sending.state.under_way === each.id ? words.sending : filled(words.saved_for, age(each.at)),
        ),
      );
    const photos = queue.filter((item) => item.kind === "photo" && item.state === "waiting");
    for (const of of new Set(photos.map((item) => item.of))) {
      const those = photos.filter((item) => item.of === of);
      const bytes = those.reduce((sum, item) => sum + item.size, 0);
      rows.push(
        row(
          "photo",
          `${filled(words.photos, those.length)} · ${those[0].title}`,
          filled(words.one_by_one, size(bytes)),
          filled(words.saved_for, age(those[0].at)),
        ),
      );
    }
    return rows;
  }
  function arrivedRows(arrived) {
    const rows = [];
    for (const each of arrived.filter((item) => item.kind === "inspection").reverse()) {
      const made = row(
        "checks",
        `${words.inspection} · ${each.title}`,
        filled(words.receipt, each.id.slice(0, 8).toUpperCase()),
        filled(words.arrived_at, clock(each.at)),
        "is-arrived",
      );
      if (each.url)
        made.querySelector("b").replaceChildren(link(each.url, `${words.inspection} · ${each.title}`));
      rows.push(made);
      const photos = arrived.filter((item) => item.kind === "photo" && item.of === each.id);
      if (photos.length)
        rows.push(
          row(
            "checks",
            `${filled(words.photos, photos.length)} · ${each.title}`,
            words.photos_whole,
            filled(words.arrived_at, clock(photos.at(-1).at)),
            "is-arrived",
          ),
        );
    }
    return rows;
  }

  // --- what the server has not taken -----------------------------------------------------------------------------------------
  function saidBy(why) {
    const lines = why.words ? [why.words] : [];
    for (const problems of Object.values(why.errors || {})) lines.push(...problems);
    if (why.refused === "lost") lines.push(words.photo_lost);
    return lines.length ? lines : [filled(words.refused, why.refused || "?")];
  }
  // where the two records of a day differ
  function differences(item) {
    return Object.entries(item.why.theirs || {})
      .map(([code, [answer]]) => [code, answer, item.draft.fields[`answer-${code}`]?.[0] || ""])
      .filter(([, theirs, mine]) => theirs !== mine)
      .map(([code, theirs, mine]) =>
        make(
          "li",
          "",
          `${item.why.asked?.[code] || code}${words.colon}${words.theirs} ${words.answers[theirs]}${words.comma}${words.mine} ${words.answers[mine]}`,
        ),
      );
  }
  // which items of the checklist are not what they were
  function replaced(item) {
    const { form } = item.why;
    const { anew, added, gone, before } = field.check.changesOf(item.draft, form);
    const now = Object.fromEntries(form.questions.map((each) => [each.code, each.words || each.ask]));
    const line = (text, name) => make("li", "", filled(text, name));
    const list = make("ul", "field-differences");
    list.append(
      ...anew.map((code) => line(words.asked_anew, now[code])),
      ...added.map((code) => line(words.asked_first, now[code])),
      ...gone.map((code) => line(words.no_longer, now[code] || before[code])),
    );
    return list;
  }
  function asideRow(item) {
    const made = make("li", "is-aside");
    const middle = make("div");
    const title = item.kind === "photo" ? `${item.code} ${item.name}` : words.inspection;
    middle.append(make("b", "", `${title} · ${item.title}`));
    for (const each of saidBy(item.why)) middle.append(make("p", "", each));
    if (item.why.refused === "superseded") middle.append(replaced(item));
    const acts = make("div", "field-acts");
    const act = (text, run, className = "btn btn-sm") => {
      const made_ = button(className, text);
      made_.addEventListener("click", async () => {
        made_.disabled = true;
        await run(made_);
      });
      acts.append(made_);
    };
    if (item.kind === "inspection") {
      if (item.why.refused === "also") {
        const differ = differences(item);
        const list = make("ul", "field-differences");
        list.append(...(differ.length ? differ : [make("li", "", words.all_the_same)]));
        middle.append(list);
        if (item.why.url) acts.append(link(item.why.url, words.show_theirs, "btn btn-sm btn-primary"));
        act(words.send_anyway, () => sendAnyway(item));
      } else act(words.change, () => change(item), "btn btn-sm btn-primary");
      act(words.export, () => exported(item));
    }
    act(
      words.discard,
      async (pressed) => {
        if (!pressed.dataset.sure) {
          pressed.dataset.sure = "1";
          pressed.disabled = false;
          pressed.querySelector("span").textContent = words.discard_sure;
          return;
        }
        await store.discard(item);
      },
      "btn btn-sm text-red",
    );
    middle.append(acts);
    made.append(icon("alert-triangle"), middle, make("span", "field-age", age(item.at)));
    return made;
  }
  async function change(item) {
    const { why } = item;
    const changes = { why: why.errors };
    if (why.refused === "superseded") {
      changes.form = why.form;
      changes.lists = why.form.lists.map((each) => `${each.kind}:${each.number}`).join(" ");
      changes.former = why.former;
      changes.total = why.form.questions.length;
      changes.why = { "": [why.words] };
      field.check.askAnew(item.draft, why.form);
      const { asks, anew, added, had_failed, fields } = item.draft;
      Object.assign(changes, { asks, anew, added, had_failed, fields });
    }
    await store.reopen(item, changes);
    field.go(`check/${item.draft.enterprise}`);
  }
  async function sendAnyway(item) {
    const draft = await store.reopen(item, {});
    const key = crypto.randomUUID();
    const body = JSON.stringify({ ...JSON.parse(item.body), key, anyway: true });
    await store.enqueue(draft, key, body);
    field.sending.send();
  }
  // everything that was typed, to be entered by hand if nothing else helps
  function exported(item) {
    const file = new Blob([item.body], { type: "application/json" });
    const made = link(URL.createObjectURL(file), "");
    made.download = `anqi-${item.id.slice(0, 8)}.json`;
    made.click();
  }

  async function show(place) {
    field.title(words.waiting_title);
    async function draw() {
      const who = store.who();
      if (!who) return field.nobody(place);
      field.state(
        "user",
        [who.about.name, who.about.role, who.about.organisation].filter(Boolean).join(" · "),
      );
      const [queue, arrived, others] = [
        await store.list("queue"),
        await store.list("arrived"),
        await store.ofOthers(),
      ];
      const aside = queue.filter((each) => each.state === "aside" && each.why);
      const rows = waitingRows(queue);
      const parts = [];
      if (queue.length > aside.length)
        parts.push(banner(queue.length - aside.length), section(words.waiting, rows));
      if (aside.length) parts.push(section(words.aside, aside.map(asideRow)));
      if (!queue.length) parts.push(empty());
      const done = arrivedRows(arrived);
      if (done.length) parts.push(section(words.arrived, done));
      if (others) parts.push(make("p", "field-quiet", filled(words.of_others, others)));
      parts.push(make("p", "field-quiet", filled(words.sent_as, who.about.name, who.about.role)));
      const bar = make("div", "field-bottom");
      bar.append(link("#", words.to_inspections, "btn btn-primary field-big"));
      if (queue.length > aside.length) {
        const again = button("btn field-big", words.try_now);
        again.prepend(icon("refresh"));
        again.addEventListener("click", () => field.sending.send());
        bar.append(again);
      }
      place.replaceChildren(...parts, bar);
      return undefined;
    }
    const redraw = () => draw().catch(() => {});
    store.events.addEventListener("changed", redraw);
    store.events.addEventListener("network", redraw);
    await draw();
    field.sending.send();
    return () => {
      store.events.removeEventListener("changed", redraw);
      store.events.removeEventListener("network", redraw);
    };
  }
  function empty() {
    const box = make("section", "field-block field-empty");
    box.append(
      icon("checks"),
      make("h2", "", words.nothing_waits),
      make("p", "quiet", words.nothing_waits_text),
    );
    return box;
  }
  field.waiting = { show };
})();
