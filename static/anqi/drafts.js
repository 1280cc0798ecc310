// What is typed into a form is kept on this device until the server has taken it, sealed with a key that only the
// person's own pages carry: docs/drafts.md. Sending is in sending.js.
(() => {
  "use strict";
  const about = JSON.parse(document.getElementById("anqi-drafts")?.textContent || "null");
  if (!about) return;
  const words = about.words;
  const all = (selector, within) => Array.from((within || document).querySelectorAll(selector));
  const MOST = 50; // texts of this tab that are remembered
  const { owner, put, remove, list, forgetOld, waitingOnPhone, lockPhone, note } = window.anqi.store;
  const { controls, shownBy, valuesOf, same, changed, labelsOf, shownAs, fill } = window.anqi.fields;

  // --- a text belongs to the tab that is open with it; another tab with the same form does not offer it -----------
  const mine = () => note.read("drafts") || [];
  const lockName = (id) => `anqi-draft-${id}`;
  const own = new Set(); // the locks of this page
  function hold(id) {
    if (own.has(id)) return;
    own.add(id);
    navigator.locks?.request(lockName(id), () => new Promise(() => {})).catch(() => {});
    const known = mine();
    if (!known.includes(id)) note.write("drafts", [...known, id].slice(-MOST));
  }
  async function heldElsewhere() {
    const { held = [], pending = [] } = (await navigator.locks?.query()) || {};
    const ids = [...held, ...pending].map((each) => each.name.replace(lockName(""), ""));
    return new Set(ids.filter((id) => !own.has(id)));
  }

  // --- forms -------------------------------------------------------------------------------------------------
  const forms = new Map(); // address and place on the page → state; a form shown again after an error keeps its own
  const GUARDS = ["version", "shown", "form_key"];
  const isOurs = (form) =>
    form?.tagName === "FORM" &&
    form.getAttribute("method")?.toLowerCase() === "post" &&
    "acting" in form.elements;
  const isGuarded = (form) => isOurs(form) && "guard" in form.dataset && owner;
  // a dialog may be shown under another role than the page, whose key would seal what is typed into it
  const isKept = (form) => isGuarded(form) && form.elements.acting.value === about.acting;
  // with what the form is about, where only the query says it
  const addressOf = (form) =>
    new URL(form.getAttribute("hx-post") || form.getAttribute("action") || location.href, location.href)
      .pathname + (form.dataset.about ? `?${form.dataset.about}` : "");
  function keyOf(form) {
    const alike = all("form[data-guard]").filter(
      (each) => isOurs(each) && addressOf(each) === addressOf(form),
    );
    return `${addressOf(form)}#${Math.max(0, alike.indexOf(form))}`;
  }
  function stateOf(form) {
    const key = keyOf(form);
    let state = forms.get(key);
    if (!state) {
      state = {
        key,
        id: newId(),
        base: shownBy(form),
        rest: null,
        stored: false,
        gone: false,
        sent: false,
        problem: "",
      };
      forms.set(key, state);
    }
    state.form = form;
    return state;
  }
  function newId() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) =>
      each.toString(16).padStart(2, "0"),
    ).join("");
  }
  function contentOf(form, state, touched) {
    const guards = {};
    for (const name of GUARDS)
      if (form.elements[name]?.value !== undefined) guards[name] = form.elements[name].value;
    const heading = form.querySelector("#modal-title") || document.querySelector("h1");
    return {
      key: state.key,
      path: location.pathname + location.search,
      title: heading?.textContent.trim().slice(0, 120) || words.untitled,
      values: touched,
      labels: labelsOf(form, touched),
      shown: shownAs(form, touched),
      rows: all("input[name$='-TOTAL_FORMS']", form).map((each) => [each.name, each.value]),
      guards,
      sent: state.sent,
    };
  }

  // --- keep ----------------------------------------------------------------------------------------------------
  function keep(form) {
    const state = stateOf(form);
    if (state.busy) return state.work; // being put back
    if (state.gone) renew(state);
    const touched = changed(valuesOf(form), state.base);
    state.content = Object.keys(touched).length ? contentOf(form, state, touched) : null;
    if (state.content && state.rest)
      for (const part of ["values", "labels", "shown"])
        state.content[part] = { ...state.rest[part], ...state.content[part] };
    state.work = (state.work || Promise.resolve()).then(() => store(state));
    return state.work;
  }
  function renew(state) {
    // typing goes on after the server took the form, as after "Back": another text
    Object.assign(state, { id: newId(), gone: false, stored: false, sent: false });
  }
  async function store(state) {
    const content = state.content;
    if (content === state.done || state.gone) return; // a later keystroke has stored it already
    const id = state.id;
    try {
      if (content) {
        if (!state.stored) hold(id);
        await put({ id, content, isGone: () => state.gone || state.id !== id });
      } else if (state.stored) await remove(id);
      state.stored = Boolean(content);
      state.problem = "";
      state.done = content;
      state.at = Date.now();
    } catch (error) {
      state.problem = error instanceof RangeError ? "too_long" : "blocked";
    }
    say(state);
  }
  const clock = (at) =>
    new Date(at).toLocaleTimeString(document.documentElement.lang, {
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
  function moment(at) {
    const day = new Date(at).toLocaleDateString("sv-SE"); // 2026-10-04, as everywhere
    return new Date(at).toDateString() === new Date().toDateString() ? clock(at) : `${day} ${clock(at)}`;
  }
  function say(state) {
    const form = state.form;
    if (!form?.isConnected) return;
    let line = form.querySelector("[data-draft-line]");
    if (!line) {
      line = document.createElement("p");
      line.dataset.draftLine = "";
      const before = form.querySelector(".save-bar, .confirm-foot");
      before ? before.before(line) : form.append(line);
    }
    const text = state.problem
      ? words[state.problem]
      : state.stored
        ? words.kept.replace("{time}", clock(state.at))
        : "";
    line.className = state.problem ? "draft-line draft-line-not" : "draft-line quiet";
    line.setAttribute("role", state.problem ? "alert" : "note");
    if (line.textContent !== text) line.textContent = text;
  }
  function typed(event) {
    const form = event.target.form;
    if (!isGuarded(form) || !controls(form).includes(event.target)) return;
    isKept(form) ? keep(form) : say({ form, problem: "other_role" });
  }
  // "Cancel": what was sent in vain is not wanted any more; it is still offered, but no longer put back by itself
  document.addEventListener("click", (event) => {
    const form = event.target.closest?.("[data-unguard]")?.closest("form");
    if (!isKept(form) || !stateOf(form).sent) return;
    stateOf(form).sent = false;
    keep(form);
  });
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);

  // --- put back --------------------------------------------------------------------------------------------------
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  async function settled() {
    await pause(300); // fields of htmx wait a moment before they ask
    for (let turn = 0; turn < 30 && document.querySelector(".htmx-request"); turn++) await pause(100);
    await pause(50);
  }
  async function addRows(form, draft) {
    const [[name, rows] = []] = draft.rows || [];
    if (!name || !form.querySelector(".hazard-row")) return;
    for (let row = all(".hazard-row", form).length; row < Math.min(Number(rows), 10) && window.htmx; row++) {
      await window.htmx.ajax("GET", `${location.pathname}?row=${row}`, {
        target: "#hazard-rows",
        swap: "beforeend",
      });
    }
    form.elements[name].value = String(all(".hazard-row", form).length);
  }
  async function putBack(form, draft) {
    const state = stateOf(form);
    Object.assign(state, { id: draft.id, stored: true, sent: draft.sent, at: draft.at, busy: true });
    hold(draft.id);
    await addRows(form, draft);
    for (const [name, value] of Object.entries(draft.guards)) {
      if (form.elements[name]) form.elements[name].value = value;
    }
    let isWhole = fill(form, draft.values);
    for (let turn = 0; turn < 3 && !isWhole; turn++) {
      await settled(); // a choice may bring further fields
      isWhole = fill(form, draft.values);
    }
    if (!isWhole) state.rest = restOf(form, draft);
    for (const details of all("details", form)) details.open = true;
    form.closest("details")?.setAttribute("open", "");
    form.dataset.dirty = "";
    state.busy = false;
    form.dispatchEvent(new CustomEvent("anqi:key", { bubbles: true }));
    // what has no place any more, as an item that a new checklist does not ask, is shown to be typed elsewhere
    box(
      form,
      draft,
      isWhole ? words.is_back : `${words.is_back} ${words.part}`,
      [[words.discard, "", () => discard(state, draft)]],
      isWhole ? null : state.rest,
    );
  }
  // what the form has no place for any more: an option that is gone, a field of another kind
  function restOf(form, draft) {
    const now = valuesOf(form);
    const names = Object.keys(draft.values).filter((name) => !same(now[name], draft.values[name]));
    const only = (part) =>
      Object.fromEntries(names.filter((name) => name in part).map((name) => [name, part[name]]));
    return { values: only(draft.values), labels: only(draft.labels), shown: only(draft.shown) };
  }
  async function discard(state, draft) {
    state.gone = true;
    delete state.form.dataset.dirty;
    await remove(draft.id);
    if (state.form.closest("#modal-content")) document.dispatchEvent(new Event("anqi:close"));
    else location.reload();
  }
  // everything that was typed, field by field
  function listed(draft) {
    const list = document.createElement("dl");
    list.className = "kept-values";
    const add = (name, text) =>
      list.appendChild(Object.assign(document.createElement(name), { textContent: text }));
    for (const [name, shown] of Object.entries(draft.shown || {})) {
      const text = shown.filter(Boolean).join("\n");
      if (!text) continue;
      add("dt", draft.labels[name] || name);
      add("dd", text);
    }
    return list;
  }
  function box(form, draft, text, acts, content = null) {
    form.querySelector("[data-draft-box]")?.remove();
    const box_ = document.createElement("div");
    box_.className = "draft-box";
    box_.dataset.draftBox = draft.id;
    box_.setAttribute("role", "status");
    const line = document.createElement("p");
    line.textContent = text.replace("{time}", moment(draft.at));
    box_.append(line);
    if (content) box_.append(listed(content));
    const row = document.createElement("div");
    row.className = "draft-acts";
    for (const [label, look, act] of acts) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `btn btn-sm ${look}`;
      button.textContent = label;
      button.addEventListener("click", act, { once: true });
      row.append(button);
    }
    box_.append(row);
    (form.querySelector(".confirm-body") || form).prepend(box_);
  }
  function offer(form, found) {
    const [draft, ...others] = found;
    const drop = async () => {
      await remove(draft.id);
      form.querySelector("[data-draft-box]")?.remove();
      if (others.length) offer(form, others);
    };
    const acts = [
      [words.put_back, "btn-outline-primary", () => putBack(form, draft)],
      [words.discard, "", drop],
    ];
    box(form, draft, words.offer, acts, draft); // with what was typed, before it is put back
  }

  // --- "Back" to a form that was recorded: a browser restores some of its fields only, so it must not be sent as it is ----
  const keyIn = (form) => form.elements.form_key?.value || "";
  function sayRecorded() {
    const recorded = note.read("recorded") || {};
    for (const form of all("form").filter(isOurs)) {
      const where = recorded[keyIn(form)];
      if (!where || form.elements.version || form.querySelector("[data-draft-box]")) continue; // a change goes on
      const go = (address) => {
        window.anqi.leave();
        location.assign(address);
      };
      box(form, { id: "", at: Date.now() }, words.recorded, [
        [words.open_recorded, "btn-outline-primary", () => go(where)],
        [words.another, "", () => go(location.href)],
      ]);
    }
  }
  addEventListener("pageshow", (event) => {
    const way = performance.getEntriesByType("navigation")[0]?.type;
    if (owner && (event.persisted || way === "back_forward")) setTimeout(sayRecorded);
  });

  // --- what arrives: forms in the page, at first or by htmx ----------------------------------------------------------
  let returned = false; // from the login, to which this tab was led away from a form
  async function look(within) {
    const found = all("form[data-guard]", within).filter(isKept);
    if (within.matches?.("form[data-guard]") && isKept(within)) found.push(within);
    const fresh = found.filter((form) => {
      const state = forms.get(keyOf(form));
      if (state && !state.gone && form.querySelector(".form-errors")) {
        state.form = form; // shown again with what was typed
        state.sent = false; // the person saw why: whoever leaves now is asked the next time
        keep(form);
        return false;
      }
      if (state && state.form !== form) forms.delete(state.key);
      stateOf(form);
      return true;
    });
    if (!fresh.length) return;
    const drafts = await list();
    const taken = note.read("taken") || [];
    const elsewhere = await heldElsewhere();
    const wanted = note.read("put_back");
    const way = performance.getEntriesByType("navigation")[0]?.type;
    for (const form of fresh) {
      const state = stateOf(form);
      const fitting = drafts.filter(
        (each) => each.key === state.key && !taken.includes(each.id) && each.id !== state.id,
      );
      if ("computed" in form.dataset) {
        await takeOver(form, fitting);
        continue;
      }
      const followed = fitting.find(
        (each) =>
          each.id === wanted ||
          (mine().includes(each.id) && (each.sent || returned || way === "reload" || way === "back_forward")),
      );
      if (followed && (followed.id === wanted || (await isFree(followed.id)))) {
        note.write("put_back", null);
        await putBack(form, followed);
        continue;
      }
      const free = [];
      for (const each of fitting) {
        if (!elsewhere.has(each.id) || (mine().includes(each.id) && (await isFree(each.id)))) free.push(each);
      }
      if (free.length) offer(form, free);
    }
  }
  // the server answered what was typed with other values, as of a sum that was divided: those are kept from now on
  function takeOver(form, fitting) {
    const state = stateOf(form);
    const sent = fitting.find((each) => mine().includes(each.id) && each.sent);
    if (sent) {
      Object.assign(state, { id: sent.id, stored: true });
      hold(sent.id);
    }
    state.base = {};
    form.dataset.dirty = "";
    return keep(form);
  }
  async function isFree(id) {
    // the page before this one may be about to close
    for (let turn = 0; turn < 8; turn++) {
      if (!(await heldElsewhere()).has(id)) return true;
      await pause(100);
    }
    return false;
  }
  async function lookElsewhere() {
    // after a login: what was sent in vain from a dialog of this page opens it again, anything else is named once
    const wanted = note.read("put_back");
    const elsewhere = await heldElsewhere();
    const drafts = (await list()).filter(
      (each) => each.id === wanted || (each.sent && !elsewhere.has(each.id)),
    );
    const told = note.read("told") || [];
    for (const draft of drafts) {
      const address = draft.key.split("#")[0];
      if (all("form[data-guard]").some((form) => isKept(form) && addressOf(form) === address)) continue;
      const opener = document.querySelector(`[hx-get="${CSS.escape(address)}"]`);
      if (opener) return opener.click();
      if (told.includes(draft.id)) continue;
      note.write("told", [...told, draft.id]);
      window.anqi.say(words.elsewhere.replace("{title}", draft.title), "warning", [words.open, about.list]);
      return;
    }
  }

  // --- for sending.js and kept.js ---------------------------------------------------------------------------------------
  window.anqi.drafts = {
    about,
    owner,
    isOurs,
    isKept,
    list,
    remove,
    note,
    moment,
    listed,
    look,
    // the form is about to be sent: from now on it is put back without a question
    async sending(form) {
      if (!isKept(form)) return;
      const state = stateOf(form);
      state.sent = true;
      await keep(form);
    },
    // the server has it and leads to ``where``
    recorded(form, where) {
      if (!keyIn(form)) return;
      const known = Object.entries(note.read("recorded") || {}).slice(1 - MOST);
      note.write("recorded", { ...Object.fromEntries(known), [keyIn(form)]: where });
    },
    taken(form) {
      if (!isKept(form)) return;
      const state = stateOf(form);
      state.gone = true;
      note.write("taken", [...(note.read("taken") || []), state.id].slice(-MOST));
      return remove(state.id).catch(() => {});
    },
    // the session has ended: the page is about to be left for the login
    detour() {
      const states = Array.from(forms.values()).filter((state) => state.form?.isConnected && !state.gone);
      if (states.some((state) => state.problem)) return; // the browser asks before the text is lost
      note.write("detour", states.some((state) => state.stored) ? "kept" : null);
      window.anqi.leave();
    },
    // a sentence about what becomes of the text
    fate(form) {
      if (!isGuarded(form)) return "";
      if (!isKept(form)) return words.only_here;
      const state = stateOf(form);
      if (state.problem) return words.only_here;
      return state.stored ? words.is_kept : "";
    },
  };

  // --- logging out: whoever shares this device with others is asked ------------------------------------------------------
  let count = 0;
  let onPhone = 0; // not sent yet by the page that works without network
  const kept = () => count + Array.from(forms.values()).filter((state) => state.stored && !state.gone).length;
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!owner || form.getAttribute("action") !== about.logout) return;
      const choice = form.querySelector("[data-kept-delete]");
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!choice && kept() + onPhone && location.pathname !== about.logout) {
        location.assign(about.logout); // the page that asks
        return;
      }
      try {
        await lockPhone().catch(() => {});
        if (choice?.checked) await remove(...(await list()).map((each) => each.id));
      } finally {
        form.submit();
      }
    },
    true,
  );
  function askAtLogout() {
    const question = document.querySelector("[data-kept-question]");
    if (question && count) question.hidden = false;
    const phone = document.querySelector("[data-phone-waits]");
    if (phone && onPhone) {
      phone.hidden = false;
      phone.querySelector("b").textContent = String(onPhone);
    }
  }

  async function start() {
    if (!owner) {
      if (note.read("detour") === "kept" && document.body.matches(".entrance"))
        window.anqi.say(words.came_back, "info");
      return;
    }
    returned = note.read("detour") === "kept";
    note.write("detour", null);
    for (const form of all("form[data-guard]").filter(isKept)) stateOf(form); // as the server showed them
    try {
      await forgetOld();
      const taken = note.read("taken") || [];
      if (taken.length) await remove(...taken);
      count = (await list()).length;
      onPhone = await waitingOnPhone();
      askAtLogout();
      await look(document);
      returned = false;
      await lookElsewhere();
    } catch {
      /* no database here: the forms say so as soon as something is typed */
    }
  }
  document.addEventListener("htmx:load", (event) => {
    if (owner && event.target !== document.body) look(event.target).catch(() => {});
  });
  // when the document is complete htmx listens as well
  document.addEventListener("DOMContentLoaded", () => setTimeout(start));
})();
