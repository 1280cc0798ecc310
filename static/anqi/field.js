// The page of the phone: which part of it is shown, who works on it, and whether its files are the newest.
(() => {
  "use strict";
  const { field } = window.anqi;
  const { about, store, words, sending } = field;
  const { make, icon, link, button, say, age, clock, filled, near } = field.parts;
  const place = document.getElementById("field");
  const one = (selector) => document.querySelector(selector);
  const SEARCH_MS = 250;
  const LOAD_MS = 2500;
  let close = null; // of the part that is shown
  let turn = 0;
  let unloaded = words.loading; // while there are no lists: why

  field.title = (text) => {
    one("[data-title]").textContent = text;
  };
  field.state = (symbol, text, tone = "") => {
    const state = one("[data-state]");
    state.replaceChildren(icon(symbol), make("span", "", text));
    state.dataset.tone = tone;
  };
  field.go = (name, again = false) => {
    if (again || location.hash.slice(1) === name) route();
    else location.hash = name;
  };

  // --- nobody, or an enterprise that is not here -----------------------------------------------------------------------
  field.nobody = (where) => {
    field.title(words.title);
    field.state("lock", words.locked);
    const box = make("section", "field-block field-empty");
    const login = link(
      `${about.login}?next=${encodeURIComponent(about.shell)}`,
      words.log_in,
      "btn btn-primary field-big",
    );
    box.append(icon("lock"), make("h2", "", words.locked), make("p", "quiet", words.locked_text), login);
    where.replaceChildren(box);
    store
      .ofOthers()
      .then((number) => number && box.append(make("p", "field-quiet", filled(words.of_others, number))));
  };
  field.missing = async (where, id) => {
    field.title(words.title);
    const box = make("section", "field-block field-empty");
    box.append(
      icon("cloud-off"),
      make("h2", "", words.not_loaded),
      make("p", "quiet", words.not_loaded_text),
    );
    where.replaceChildren(box);
    try {
      const found = await sending.load(`?enterprise=${encodeURIComponent(id)}`, false);
      if (found && (await store.pack()).enterprises[id]) route();
      else
        box.replaceChildren(
          icon("building"),
          make("h2", "", words.not_here),
          make("p", "quiet", words.not_here_text),
        );
    } catch {
      // no network: it says so
    }
  };

  // --- what is due ------------------------------------------------------------------------------------------------------
  function card(enterprise, draft) {
    const made = link(`#check/${enterprise.id}`, "", "field-card");
    const middle = make("div");
    middle.append(make("b", "", enterprise.name), make("div", "quiet", enterprise.address));
    const about = enterprise.planned?.about || enterprise.drawn;
    if (about && !draft) middle.append(make("div", "", about));
    const side = make("span", "field-age");
    if (draft)
      side.append(make("b", "", `${draft.answered} / ${draft.total}`), make("div", "", age(draft.at)));
    else if (enterprise.due) {
      const [text, isLate] = near(enterprise.due, field.check.today());
      side.append(make("span", isLate ? "text-red" : "", text));
    }
    made.append(icon(draft ? "device-mobile" : "building"), middle, side);
    return made;
  }
  // finished here: waits to be sent, was not taken, or arrived today
  function finishedCard(enterprise, item, waits) {
    const made = link("#waiting", "", "field-card");
    const middle = make("div");
    middle.append(make("b", "", item.title), make("div", "quiet", enterprise?.address));
    const text = item.state === "aside" ? words.not_taken : filled(words.arrived_at, clock(item.at));
    const side = make("span", `field-age${item.state === "aside" ? " text-red" : ""}`);
    side.textContent = waits && item.state !== "aside" ? words.waits_to_be_sent : text;
    made.append(icon(waits ? "cloud-upload" : "checks"), middle, side);
    return made;
  }
  function group(title, cards, text = "") {
    const made = make("section", "field-block");
    const head = make("h2", "", title);
    head.append(make("span", "quiet", ` ${cards.length || ""}`));
    made.append(head);
    if (text) made.append(make("p", "quiet", text));
    made.append(...cards);
    return made;
  }
  // a sign at a door was scanned without network: its page is not there, this one stands in for it
  async function atDoor() {
    const begin = `${about.shell}at/`;
    if (!location.pathname.startsWith(begin)) return [];
    const [code] = location.pathname.slice(begin.length).split("/");
    const { enterprises } = await store.pack();
    const here = Object.values(enterprises).find((each) => code && each.sign === code);
    const box = make("section", "field-block");
    box.dataset.door = "";
    box.append(make("h2", "", words.at_door), make("p", "", words.at_door_text));
    box.append(here ? card(here) : make("p", "quiet", words.at_door_unknown));
    const again = button("btn", words.at_door_again);
    again.addEventListener("click", () => location.reload());
    box.append(again);
    return [box];
  }
  async function showToday() {
    field.title(words.title);
    const who = store.who();
    const search = make("input", "form-control");
    Object.assign(search, { type: "search", placeholder: words.search, autocomplete: "off" });
    search.setAttribute("aria-label", words.search);
    const found = make("div");
    const lists = make("div");
    place.replaceChildren(...(await atDoor()), search, found, lists);
    search.className = "form-control field-search";
    async function draw() {
      const [pack, drafts] = [await store.pack(), await store.list("drafts")];
      field.state(
        "user",
        [who.about.name, who.about.role, who.about.organisation].filter(Boolean).join(" · "),
      );
      const begun = drafts
        .reverse()
        .map((each) =>
          card(
            pack.enterprises[each.enterprise] || { id: each.enterprise, name: each.name, address: "" },
            each,
          ),
        );
      const { waiting: queued, arrived } = await store.finished();
      const ids = new Set([...drafts.map((each) => each.enterprise), ...queued.keys()]);
      // what was loaded after it had arrived knows of it
      for (const [id, each] of arrived) if (!(pack.enterprises[id]?.loaded > each.at)) ids.add(id);
      const finished = [...new Map([...arrived, ...queued])].map(([id, each]) =>
        finishedCard(pack.enterprises[id], each, queued.has(id)),
      );
      const waiting = pack.due.filter((id) => !ids.has(id)).map((id) => pack.enterprises[id]);
      const planned = waiting.filter((each) => each.planned).map((each) => card(each));
      const byDay = (one, other) => (one.due || "9").localeCompare(other.due || "9");
      const rest = waiting.filter((each) => !each.planned).sort(byDay);
      const due = rest.map((each) => card(each));
      const opened = pack.opened
        .filter((id) => !ids.has(id) && !pack.due.includes(id))
        .reverse()
        .map((id) => card(pack.enterprises[id]));
      const parts = [];
      if (begun.length) parts.push(group(words.begun, begun));
      if (planned.length) parts.push(group(words.planned, planned));
      if (due.length) parts.push(group(words.due_here, due));
      if (finished.length) parts.push(group(words.finished, finished));
      if (opened.length) parts.push(group(words.opened, opened));
      // before the lists are there, nobody knows whether anything is due
      if (!parts.length && pack.day) {
        const box = make("section", "field-block field-empty");
        box.append(
          icon("clipboard-check"),
          make("h2", "", words.nothing_due),
          make("p", "quiet", words.nothing_due_text),
        );
        parts.push(box);
      }
      parts.push(
        make("p", "field-quiet", pack.day ? filled(words.loaded, pack.day) : unloaded),
        link(about.home, words.to_today, "field-home"),
      );
      lists.replaceChildren(...parts);
    }
    let last = 0;
    search.addEventListener("input", async () => {
      const turn_ = ++last;
      const text = search.value.trim();
      if (!text) return found.replaceChildren();
      await new Promise((done) => setTimeout(done, SEARCH_MS));
      if (turn_ !== last) return undefined;
      const pack = await store.pack();
      // as the server compares: full-width letters and capitals are the same letters
      const alike = (words) => words.normalize("NFKC").toLowerCase();
      const here = Object.values(pack.enterprises).filter((each) =>
        alike(`${each.name} ${each.address}`).includes(alike(text)),
      );
      let cards = here;
      let note = "";
      try {
        const { ok, answer } = await sending.ask(`${about.addresses.search}?q=${encodeURIComponent(text)}`);
        if (ok) cards = answer.found;
      } catch {
        note = words.search_here;
      }
      if (turn_ !== last) return undefined;
      return found.replaceChildren(
        group(
          words.found,
          cards.map((each) => card(each)),
          cards.length ? note : note || words.none_found,
        ),
      );
    });
    const redraw = ({ detail }) => ["drafts", "pack", "queue"].includes(detail) && draw().catch(() => {});
    store.events.addEventListener("changed", redraw);
    await draw();
    return () => store.events.removeEventListener("changed", redraw);
  }

  // --- which part is shown ------------------------------------------------------------------------------------------------
  async function route(event) {
    const [name, id, step = ""] = location.hash.slice(1).split("/");
    // the steps of one inspection are pages of their own for the phone's Back, and one for all that was typed
    if (event && close?.step && name === "check" && close.id === id) return close.step(step);
    const mine = ++turn;
    close?.();
    close = null;
    scrollTo(0, 0);
    one("[data-back]").hidden = !name;
    if (!store.who()) return field.nobody(place);
    let done;
    if (name === "check" && /^\d+$/.test(id)) done = await field.check.show(place, id);
    else if (name === "waiting") done = await field.waiting.show(place);
    else done = await showToday();
    if (mine === turn) close = done;
    else done?.();
    return undefined;
  }
  async function countWaiting() {
    const count = await store.waiting();
    const badge = one("[data-waiting-count]");
    badge.hidden = !count;
    badge.textContent = String(count);
  }

  // --- the worker, and its newer version --------------------------------------------------------------------------------------
  function offer(worker) {
    if (one("[data-newer]")) return;
    const box = make("div", "field-newer");
    box.dataset.newer = "";
    const use = button("btn btn-sm btn-primary", words.use_newer);
    use.addEventListener("click", () => worker.postMessage("take over"));
    box.append(make("span", "", words.newer), use);
    one("[data-notes]").before(box);
  }
  async function keepFiles() {
    if (!("serviceWorker" in navigator)) return;
    const { serviceWorker } = navigator;
    const isFirst = !serviceWorker.controller;
    let isReloading = false;
    serviceWorker.addEventListener("controllerchange", () => {
      if (isFirst || isReloading) return;
      isReloading = true;
      location.reload();
    });
    const registration = await serviceWorker.register(about.worker, {
      scope: about.shell,
      updateViaCache: "none",
    });
    const watch = (worker) =>
      worker?.addEventListener("statechange", () => {
        if (worker.state === "installed" && serviceWorker.controller) offer(worker);
        else if (worker.state === "redundant" && !registration.active) say(words.not_kept, "error");
      });
    if (registration.waiting && serviceWorker.controller) offer(registration.waiting);
    watch(registration.installing);
    registration.addEventListener("updatefound", () => watch(registration.installing));
  }

  // whoever comes from a check-in finds it in the form; without network in a moment, with what was loaded before
  async function loadBefore(id) {
    if (!store.who()) return;
    const enough = new Promise((done) => {
      setTimeout(done, LOAD_MS);
    });
    const load = async () =>
      (await sending.whoami()) && sending.load(`?enterprise=${encodeURIComponent(id)}`, false);
    await Promise.race([load().catch(() => {}), enough]);
  }

  async function start() {
    if (!window.isSecureContext || !window.indexedDB || !navigator.locks || !crypto.subtle) {
      const box = make("section", "field-block field-empty");
      box.append(icon("lock-open"), make("h2", "", words.no_https), make("p", "quiet", words.no_https_text));
      place.replaceChildren(box);
      return;
    }
    keepFiles().catch(() => say(words.not_kept, "error"));
    try {
      await store.resume();
    } catch {
      place.replaceChildren(make("section", "field-block", words.no_storage));
      return;
    }
    navigator.storage?.persist?.();
    store.events.addEventListener("outdated", () => say(words.reload, "error"));
    store.events.addEventListener("changed", ({ detail }) => {
      countWaiting();
      if (detail === "who") route();
    });
    sending.begin();
    addEventListener("hashchange", route);
    one("[data-back]").addEventListener("click", (event) => {
      if (close?.back?.()) event.preventDefault();
    });
    const asked = new URLSearchParams(location.search).get("enterprise");
    if (asked) {
      history.replaceState(null, "", `${about.shell}#check/${asked}`);
      await loadBefore(asked);
    }
    await route();
    countWaiting();
    if (!(await sending.whoami())) {
      unloaded = words.no_lists;
      if (!store.who()) field.nobody(place);
      return;
    }
    await store.forgetOld();
    sending.send();
    try {
      if (!(await sending.load())) unloaded = words.not_inspecting;
    } catch {
      unloaded = words.no_lists; // what was loaded before is still here
    }
    store.events.dispatchEvent(new CustomEvent("changed", { detail: "pack" }));
  }
  start();
})();
