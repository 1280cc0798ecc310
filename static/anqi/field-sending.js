// Sends what waits on the phone, once, under the person and role who typed it. An item is deleted only when the server
// has repeated its key; what the server does not take is set aside with its words, so that it blocks nothing else.
(() => {
  "use strict";
  const { field } = window.anqi;
  const { about, store } = field;
  const ASK_MS = 10_000;
  const SEND_MS = 60_000; // and as long as the slowest connection needs
  const SLOWEST = 15; // bytes in a millisecond
  const AGAIN_MS = 20_000;
  const LATER = new Set([401, 403, 408, 409, 425, 429]);
  const state = { network: "unknown", under_way: "", done: 0, all: 0 };
  let token = "";
  let touched = 0;
  for (const name of ["pointerdown", "keydown"])
    document.addEventListener(name, () => {
      touched = Date.now();
    });

  // what the server answers, in JSON; anything else is somebody else's answer, such as a Wi-Fi's login page
  async function ask(address, options = {}, patience = ASK_MS) {
    const isBusy = Date.now() - touched < 60_000;
    const response = await fetch(address, {
      ...options,
      headers: { ...options.headers, "X-Anqi-Field": isBusy ? "busy" : "1" },
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.timeout(patience),
    });
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (!isJson) {
      const error = new TypeError(`${response.status} is no answer`);
      error.isForeign = response.status < 500;
      error.isFault = response.status >= 500; // a gateway in front of the server answers in its place
      throw error;
    }
    return { status: response.status, ok: response.ok, answer: await response.json() };
  }
  function tell(changes) {
    Object.assign(state, changes);
    store.events.dispatchEvent(new CustomEvent("network", { detail: state }));
  }
  const whyNot = (error) => (error.isForeign ? "foreign" : error.isFault ? "failing" : "none");
  // "here": the person who works on this phone is logged in
  async function whoami() {
    try {
      const { status, ok, answer } = await ask(about.whoami);
      if (status === 401) {
        tell({ network: "nobody" });
        return null;
      }
      if (!ok) {
        tell({ network: "failing" });
        return null;
      }
      token = answer.token;
      const who = await store.identify(answer);
      tell({ network: "here" });
      return who;
    } catch (error) {
      tell({ network: whyNot(error) });
      return null;
    }
  }
  // null: the server gives this person nothing
  async function load(query = "", due = true) {
    const { status, ok, answer } = await ask(`${about.addresses.package}${query}`);
    if (status === 401) tell({ network: "nobody" });
    if (status === 401 || status >= 500) throw new TypeError(`status ${status}`);
    return ok ? store.keepPack(answer, due) : null;
  }

  const owner = () => ({ "X-Anqi-Owner": store.who().owner, "X-CSRFToken": token });
  async function sendInspection(item) {
    return ask(
      about.addresses.inspection,
      { method: "POST", body: item.body, headers: { ...owner(), "Content-Type": "application/json" } },
      SEND_MS,
    );
  }
  async function sendPhoto(item) {
    const content = await store.photo(item.photo);
    if (!content) return { status: 422, ok: false, answer: { refused: "lost" } };
    const data = new FormData();
    data.set("key", item.id);
    data.set("of", item.of);
    data.set("file", new Blob([content], { type: "application/octet-stream" }), item.name);
    return ask(
      about.addresses.photo,
      { method: "POST", body: data, headers: owner() },
      SEND_MS + content.byteLength / SLOWEST,
    );
  }
  async function sendAll() {
    const who = await whoami();
    if (!who) return;
    const waits = (await store.list("queue")).filter((each) => each.state === "waiting");
    const order = [...waits].sort((one, other) =>
      one.kind === other.kind ? 0 : one.kind === "inspection" ? -1 : 1,
    );
    tell({ all: order.length, done: 0 });
    let hasArrived = false;
    const held = new Set(); // why what was not taken stays in the queue
    for (const item of order) {
      if (store.who()?.owner !== who.owner) return;
      const first = item.kind === "photo" && (await store.one("queue", item.of));
      if (first) {
        if (first.state === "aside") held.add("behind");
        continue; // its inspection comes first
      }
      tell({ under_way: item.id });
      try {
        const { status, ok, answer } = await (item.kind === "photo" ? sendPhoto(item) : sendInspection(item));
        if (ok && answer.key === item.id) {
          await store.confirm(item, answer);
          hasArrived ||= item.kind === "inspection";
        } else if (status === 409 || status === 401) {
          tell({ network: status === 401 ? "nobody" : "other" });
          return;
        } else if (ok) held.add("foreign");
        else if (LATER.has(status) || status >= 500)
          held.add(status === 403 && answer.refused !== "csrf" ? "forbidden" : "failing");
        else await store.setAside(item, answer);
      } catch (error) {
        // one photo that does not get through is no lost network: the others are sent, this one again later
        if (item.kind === "photo" && !error.isForeign && (await whoami())) {
          held.add("failing");
          continue;
        }
        tell({ network: whyNot(error) });
        return;
      } finally {
        tell({ under_way: "", done: state.done + 1 });
      }
    }
    const why = ["foreign", "forbidden", "failing", "behind"].find((each) => held.has(each));
    if (why) tell({ network: why });
    if (hasArrived) await load().catch(() => {}); // what was inspected is not due any more
  }
  // one tab at a time
  function send() {
    return navigator.locks.request("anqi-field-sending", { ifAvailable: true }, (lock) => lock && sendAll());
  }
  async function sendIfWaiting() {
    if (document.visibilityState === "visible" && (await store.waiting())) await send();
  }
  function begin() {
    window.addEventListener("online", send);
    window.addEventListener("offline", () => tell({ network: "none" }));
    document.addEventListener("visibilitychange", sendIfWaiting);
    setInterval(sendIfWaiting, AGAIN_MS);
  }
  field.sending = { state, ask, whoami, load, send, begin };
})();
