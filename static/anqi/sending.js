// Forms are sent by script, so that a failure never costs the page with what was typed: no connection, a session that
// ended, a stale token, a server that restarts. The answer is shown as the page a browser would have shown.
(() => {
  "use strict";
  const { anqi } = window;
  const drafts = anqi?.drafts;
  if (!drafts?.about.person) return; // nobody is logged in: forms go the plain way
  const { about } = drafts;
  const { words } = about;
  const PATIENCE_MS = 90_000;
  const RETRY_MS = 10_000;
  const MOST_RETRIES = 60;
  const TAKEN = "Anqi-Taken";
  const REFUSED = "Anqi-Refused";

  // --- who is logged in now ----------------------------------------------------------------------------------
  async function session() {
    const response = await fetch(about.session, {
      redirect: "manual", // an idle session leads to the login page
      cache: "no-store",
      signal: AbortSignal.timeout(RETRY_MS),
    });
    if (response.type === "opaqueredirect") return { owner: "", person: "", token: "" };
    if (!response.ok) throw new TypeError(`status ${response.status}`);
    return response.json();
  }
  function useToken(token) {
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = token;
    document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", token);
  }

  // for files.js: whether the same person is still logged in; the forms of the page then have a token that counts
  anqi.renewToken = async () => {
    try {
      const now = await session();
      if (now.person === about.person) useToken(now.token);
      return now.person === about.person;
    } catch {
      return false;
    }
  };

  // --- sending -----------------------------------------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const leaves = form.hasAttribute("hx-post") || form.hasAttribute("data-again"); // an answer that is no page
    if (event.defaultPrevented || leaves || !drafts.isOurs(form)) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  function body(form, submitter) {
    const data = new FormData(form);
    if (submitter?.name) data.append(submitter.name, submitter.value);
    return data;
  }
  async function post(form, submitter) {
    const address = submitter?.getAttribute("formaction") || form.getAttribute("action") || location.href;
    return fetch(address, {
      method: "POST",
      body: body(form, submitter),
      headers: { "X-Anqi-Form": "1" },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  }
  async function send(form, submitter, again = false) {
    stopWaiting(form);
    clear(form);
    const kept = drafts.sending(form);
    try {
      const response = await post(form, submitter);
      await kept;
      await answered(form, submitter, response, again);
    } catch (error) {
      await kept;
      refused(form, submitter, error.name === "TimeoutError" ? "no_answer" : "no_network", true);
    }
  }
  async function answered(form, submitter, response, again) {
    const isTaken = response.headers.has(TAKEN);
    const type = response.headers.get("Content-Type") || "";
    if (response.ok && type.startsWith("application/json")) {
      const { location: where } = await response.json();
      if (isTaken) {
        drafts.recorded(form, where);
        await drafts.taken(form);
      }
      return go(form, submitter, where, isTaken);
    }
    if (response.redirected && !response.ok) return refused(form, submitter, "failed");
    if (response.ok || response.status === 422) {
      const page = await response.text();
      if (isTaken) await drafts.taken(form);
      return show(page);
    }
    if (response.headers.get(REFUSED) === "csrf") return renew(form, submitter, again);
    refused(form, submitter, ...reason(response.status));
  }
  // [the word why, whether the same form can be sent again by itself]
  function reason(status) {
    if ([502, 503, 504].includes(status)) return ["unavailable", true];
    const why = {
      400: "unreadable",
      403: "forbidden",
      404: "gone",
      409: "conflict",
      410: "gone",
      412: "conflict",
    };
    return [why[status] || { 413: "too_large", 429: "too_many" }[status] || "failed", false];
  }
  function go(form, submitter, where, isTaken) {
    const target = new URL(where, location.href);
    if (target.pathname === about.login && !isTaken) return loggedOut(form, submitter);
    anqi.leave();
    if (target.pathname + target.search === location.pathname + location.search) {
      history.replaceState(history.state, "", target); // the same page: a mark in the address would only scroll
      keepPlace(submitter);
      location.reload();
    } else location.assign(target);
  }
  // a page that is loaded again focuses nothing, also not what the mark in its address names: whoever goes by keys goes on there
  const PLACE = "anqi.place";
  const marked = () => document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const buttons = (at) => Array.from(at.querySelectorAll("button, a[href]"));
  function keepPlace(submitter) {
    const at = location.hash && marked();
    if (!at) return;
    try {
      sessionStorage.setItem(PLACE, JSON.stringify([location.hash, buttons(at).indexOf(submitter)]));
    } catch {
      // a browser that keeps nothing: the place is lost, nothing else
    }
  }
  function takePlace() {
    let kept;
    try {
      kept = JSON.parse(sessionStorage.getItem(PLACE) || "null");
      sessionStorage.removeItem(PLACE);
    } catch {
      return;
    }
    const at = kept?.[0] === location.hash && marked();
    if (at) (buttons(at)[kept[1]] || at).focus();
  }
  takePlace();
  async function renew(form, submitter, again) {
    let now;
    try {
      now = await session();
    } catch {
      return refused(form, submitter, "no_network", true);
    }
    if (now.person !== about.person) return otherwise(form, submitter, now);
    useToken(now.token);
    if (again) return refused(form, submitter, "token");
    return form.hasAttribute("hx-post") ? resend(form, submitter) : send(form, submitter, true);
  }
  // nobody, or somebody else, is logged in: what this person typed is not sent
  function otherwise(form, submitter, now) {
    stopWaiting(form);
    return now.person ? refused(form, submitter, "other_person") : loggedOut(form, submitter);
  }
  function loggedOut(form, submitter) {
    const here = `${about.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
    const isSafe = drafts.fate(form) !== words.only_here;
    if (!isSafe) return refused(form, submitter, "logged_out", false, [words.log_in_tab, here, "_blank"]);
    drafts.detour();
    location.assign(here);
  }

  // --- an answer is a page: the one a browser would have shown ----------------------------------------------------------
  function show(text) {
    const next = new DOMParser().parseFromString(text, "text/html");
    document.title = next.title;
    for (const each of next.querySelectorAll("head link[rel=stylesheet], head script[src]")) {
      const address = each.getAttribute("href") || each.getAttribute("src");
      if (document.querySelector(`[href="${CSS.escape(address)}"], [src="${CSS.escape(address)}"]`)) continue;
      const added = document.createElement(each.localName);
      for (const { name, value } of each.attributes) added.setAttribute(name, value);
      document.head.append(added);
    }
    const token = next.querySelector('meta[name="csrf-token"]')?.content;
    if (token) document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", token);
    for (const each of next.querySelectorAll("body script:not([type='application/json'])")) each.remove();
    document.body.replaceWith(document.adoptNode(next.body));
    window.htmx?.process(document.body);
    scrollTo(0, 0);
    anqi.begin();
    drafts.look(document).catch(() => {});
    document.body.dispatchEvent(
      new CustomEvent("htmx:load", { bubbles: true, detail: { elt: document.body } }),
    );
  }

  // --- what went wrong, beside the button ---------------------------------------------------------------------------------
  const waiting = new WeakMap();
  const countsOnce = (form) => Boolean(form.elements.form_key?.value || form.elements.version?.value);
  function refused(form, submitter, why, canWait = false, link = null) {
    anqi.unsend(form);
    const waits = canWait && countsOnce(form);
    const sentences = [words[why]];
    const fate = drafts.fate(form);
    if (fate) sentences.push(fate);
    if (canWait) sentences.push(waits ? words.by_itself : words.by_hand);
    tell(
      form,
      submitter,
      sentences.join(document.documentElement.lang.startsWith("zh") ? "" : " "),
      why === "other_person" ? [words.log_in, about.logout] : link,
    );
    if (waits) wait(form, submitter);
  }
  function clear(form) {
    form.querySelector("[data-send-note]")?.remove();
  }
  function tell(form, submitter, text, link) {
    clear(form);
    if (!form.isConnected || !("guard" in form.dataset)) return anqi.say(text, "error");
    const note = document.createElement("div");
    note.className = "send-note";
    note.dataset.sendNote = "";
    note.setAttribute("role", "alert");
    note.tabIndex = -1;
    const icon = document.createElement("i");
    icon.className = "ti ti-cloud-off";
    icon.setAttribute("aria-hidden", "true");
    const line = document.createElement("p");
    line.textContent = text;
    const acts = document.createElement("div");
    acts.className = "draft-acts";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm";
    button.textContent = words.again;
    button.addEventListener("click", () => resend(form, submitter));
    acts.append(button);
    if (link) {
      const anchor = document.createElement("a");
      anchor.className = "btn btn-sm btn-primary";
      anchor.dataset.unguard = "";
      [anchor.textContent, anchor.href] = link;
      if (link[2]) anchor.target = link[2];
      acts.append(anchor);
    }
    const words_ = document.createElement("div");
    words_.append(line, acts);
    note.append(icon, words_);
    const before = form.querySelector(".save-bar, .confirm-foot, .checking-bar");
    before ? before.before(note) : form.append(note);
    note.scrollIntoView({ block: "center" });
    note.focus({ preventScroll: true });
  }

  // --- again by itself, while the page stays open and nothing else is typed -----------------------------------------------
  function wait(form, submitter) {
    stopWaiting(form);
    const state = { turns: 0, submitter };
    const ask = async () => {
      if (!form.isConnected || state.turns++ >= MOST_RETRIES) return stopWaiting(form);
      try {
        const now = await session();
        if (waiting.get(form) !== state) return;
        if (now.person !== about.person) return otherwise(form, submitter, now);
        useToken(now.token);
      } catch {
        return;
      }
      resend(form, submitter);
    };
    state.timer = setInterval(ask, RETRY_MS);
    state.online = () => ask();
    window.addEventListener("online", state.online);
    waiting.set(form, state);
  }
  function stopWaiting(form) {
    const state = waiting.get(form);
    if (!state) return;
    clearInterval(state.timer);
    window.removeEventListener("online", state.online);
    waiting.delete(form);
  }
  function resend(form, submitter) {
    stopWaiting(form);
    if (form.isConnected) submitter?.isConnected ? form.requestSubmit(submitter) : form.requestSubmit();
  }
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !waiting.has(form)) return;
    // the person goes on: what is sent is what they send
    stopWaiting(form);
    clear(form);
  });

  // --- dialogs, which htmx sends ------------------------------------------------------------------------------------------
  const renewed = new WeakSet();
  const dialog = (event) => {
    const form = event.detail.elt;
    return form?.matches?.("form[hx-post]") && drafts.isOurs(form) ? form : null;
  };
  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = dialog(event);
    if (!form) return;
    stopWaiting(form);
    clear(form);
    drafts.sending(form);
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = dialog(event);
    const { xhr } = event.detail;
    if (form && xhr.getResponseHeader(TAKEN)) drafts.taken(form);
    else if (xhr.getResponseHeader("HX-Redirect")?.startsWith(about.login)) drafts.detour(); // a search, too
  });
  for (const name of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(name, (event) => {
      const form = dialog(event);
      if (form) refused(form, null, name === "htmx:timeout" ? "no_answer" : "no_network", true);
    });
  document.addEventListener("htmx:responseError", (event) => {
    const form = dialog(event);
    if (!form) return;
    const { xhr } = event.detail;
    if (xhr.getResponseHeader(REFUSED) === "csrf") {
      const again = renewed.has(form);
      renewed.add(form);
      anqi.unsend(form);
      renew(form, null, again);
    } else refused(form, null, ...reason(xhr.status));
  });
})();
