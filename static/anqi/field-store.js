// What a phone keeps for work without network: IndexedDB, sealed with the key of the person and role (docs/field.md).
// A text counts as saved only when its transaction is done, on the disk. Nothing is waited for inside a transaction.
(() => {
  "use strict";
  const about = JSON.parse(document.getElementById("anqi-field").textContent);
  const NAME = "anqi-field";
  const KEY_HOURS = 24; // how long the phone opens without having seen the server
  const ARRIVED_DAYS = 2;
  const STRICT = { durability: "strict" };
  const LOST = ["InvalidStateError", "UnknownError"]; // Chromium and WebKit of a connection that is gone
  const STORES = ["packages", "drafts", "photos", "queue", "arrived"];
  const KEPT = STORES.slice(1); // many rows of a person, packages one
  const events = new EventTarget();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
  let current = null; // {owner, key, keys, about}: who works on this phone

  let base = null; // the connection, a promise; a browser that is short of memory closes it (enketo/enketo#1576)
  function opened() {
    base ||= idb.openDB(NAME, 1, {
      upgrade(made) {
        made.createObjectStore("people", { keyPath: "id" });
        for (const name of STORES)
          made.createObjectStore(name, { keyPath: "id" }).createIndex("owner", "owner");
      },
      blocking(_version, _next, event) {
        event.target.close(); // another tab brings a newer release
        events.dispatchEvent(new Event("outdated"));
      },
    });
    return base;
  }
  // does it, and once more with a new connection if the one that was open is gone: both times all of it or nothing
  async function using(act) {
    const used = opened();
    const forget = () => {
      if (base === used) base = null;
    };
    const held = await used.catch((error) => {
      forget();
      throw error;
    });
    try {
      return await act(held);
    } catch (error) {
      if (!LOST.includes(error.name)) throw error;
      forget();
      held.close();
      return act(await opened());
    }
  }

  // --- who -------------------------------------------------------------------------------------------------------
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
  const load = (key) => crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]);
  async function sealedFor(key, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = value instanceof ArrayBuffer ? value : new TextEncoder().encode(JSON.stringify(value));
    return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
  }
  const seal = (value) => sealedFor(current.key, value);
  async function plainOf(row) {
    for (const key of current.keys) {
      try {
        return await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, key, row.sealed);
      } catch {
        // sealed with an earlier secret key
      }
    }
    return null;
  }
  async function unseal(row) {
    const plain = await plainOf(row);
    return plain && JSON.parse(new TextDecoder().decode(plain));
  }
  // the server says who is logged in: the phone opens as that person from now on, and forgets the keys of all others
  async function identify(who) {
    const [[owner]] = who.owners;
    const keys = await Promise.all(who.owners.map(([, key]) => load(key)));
    const known = { name: who.name, role: who.role, organisation: who.organisation };
    const row = { id: owner, person: who.person, keys, at: Date.now(), ...(await sealedFor(keys[0], known)) };
    await using(async (held) => {
      const transaction = held.transaction("people", "readwrite", STRICT);
      await transaction.store.clear();
      transaction.store.put(row);
      await transaction.done;
    });
    await adopt(
      owner,
      who.owners.slice(1).map(([name]) => name),
    );
    const isNew = current?.owner !== owner;
    current = { owner, key: keys[0], keys, about: known };
    if (isNew) changed("who");
    return current;
  }
  // what was kept under the names that the person had by earlier secret keys
  async function adopt(owner, former) {
    for (const name of KEPT) {
      for (const each of former) {
        const found = await using((held) => held.getAllFromIndex(name, "owner", each));
        if (!found.length) continue;
        await write([name], (store) => {
          for (const row of found) store(name).put({ ...row, owner });
        });
      }
    }
    for (const each of former) await adoptPack(`${owner}:pack`, owner, `${each}:pack`);
  }
  // what was loaded, too: what is begun needs its enterprise and its checklist, which may not be due any more
  async function adoptPack(id, owner, formerId) {
    const [own, row] = await using((held) =>
      Promise.all([held.get("packages", id), held.get("packages", formerId)]),
    );
    if (!row) return;
    await write(["packages"], (store) => {
      if (!own) store("packages").put({ ...row, id, owner });
      store("packages").delete(formerId);
    });
  }
  // without the server: whoever was last, unless they logged out or that is long ago
  async function resume() {
    const [row] = await using((held) => held.getAll("people"));
    if (!row || Date.now() - row.at > KEY_HOURS * 3_600_000) {
      current = null;
      return null;
    }
    current = { owner: row.id, key: row.keys[0], keys: row.keys, about: null };
    current.about = await unseal(row);
    return current;
  }

  // --- reading and writing -----------------------------------------------------------------------------------------
  function changed(what) {
    events.dispatchEvent(new CustomEvent("changed", { detail: what }));
    channel?.postMessage(what);
  }
  channel?.addEventListener("message", async ({ data }) => {
    if (data === "who") await resume();
    events.dispatchEvent(new CustomEvent("changed", { detail: data }));
  });
  async function write(stores, act) {
    await using(async (held) => {
      const transaction = held.transaction(stores, "readwrite", STRICT);
      act((name) => transaction.objectStore(name));
      await transaction.done;
    });
  }
  async function rows(name) {
    const found = await using((held) => held.getAllFromIndex(name, "owner", current.owner));
    return found.sort((one, other) => one.at - other.at);
  }
  async function list(name) {
    const found = [];
    for (const row of await rows(name)) {
      const value = await unseal(row);
      if (value) found.push({ ...value, ...row, iv: undefined, sealed: undefined });
    }
    return found;
  }
  async function one(name, id) {
    const row = await using((held) => held.get(name, id));
    const value = row?.owner === current.owner ? await unseal(row) : null;
    return value && { ...value, ...row, iv: undefined, sealed: undefined };
  }
  const packed = async (id, value, more) => ({
    id,
    owner: current.owner,
    at: Date.now(),
    ...more,
    ...(await seal(value)),
  });

  // --- what is loaded ahead ------------------------------------------------------------------------------------------
  const empty = () => ({ day: "", forms: {}, enterprises: {}, due: [], opened: [] });
  async function pack() {
    return (await one("packages", `${current.owner}:pack`)) || empty();
  }
  // the enterprises of which something is begun or not sent yet
  async function atWork() {
    const queued = (await list("queue")).map((each) => each.draft).filter(Boolean);
    return new Set([...(await list("drafts")), ...queued].map((each) => each.enterprise));
  }
  // takes what the server gave; `due`: it is the list of what is due, else single enterprises that were opened
  async function keepPack(given, due) {
    const before = await pack();
    const kept = due ? empty() : before;
    if (due) {
      const inUse = await atWork(); // also what is not due any more: a colleague was there, the plan has moved
      for (const id of new Set([...before.due, ...before.opened])) {
        const enterprise = before.enterprises[id];
        const isRecent = before.opened.includes(id) && Date.now() - enterprise?.loaded <= 14 * 86_400_000;
        if (!enterprise || !(isRecent || inUse.has(id))) continue;
        kept.enterprises[id] = enterprise;
        kept.forms[enterprise.form] = before.forms[enterprise.form];
        kept.opened.push(id);
      }
      kept.due = given.enterprises.map((each) => each.id);
    }
    Object.assign(kept.forms, given.forms);
    for (const each of given.enterprises) {
      kept.enterprises[each.id] = { ...each, loaded: Date.now(), day: given.day };
      if (!due && !kept.opened.includes(each.id)) kept.opened.push(each.id);
    }
    kept.day = given.day;
    const row = await packed(`${current.owner}:pack`, { ...kept, id: undefined, owner: undefined });
    await write(["packages"], (store) => store("packages").put(row));
    changed("pack");
    return kept;
  }

  // --- drafts and photos -----------------------------------------------------------------------------------------------
  async function saveDraft(draft) {
    const row = await packed(draft.id, { ...draft, at: undefined });
    await write(["drafts"], (store) => store("drafts").put(row));
    changed("drafts");
    return row.at;
  }
  async function dropDraft(draft) {
    await write(["drafts", "photos"], (store) => {
      store("drafts").delete(draft.id);
      for (const each of draft.photos) store("photos").delete(each.id);
    });
    changed("drafts");
  }
  async function putPhoto(id, content) {
    const row = await packed(id, content);
    await write(["photos"], (store) => store("photos").put(row));
  }
  async function photo(id) {
    const row = await using((held) => held.get("photos", id));
    return row?.owner === current.owner ? plainOf(row) : null;
  }
  const dropPhoto = (id) => write(["photos"], (store) => store("photos").delete(id));

  // --- what waits to be sent -----------------------------------------------------------------------------------------------
  // a draft is sealed: its bytes never change from now on, and it stays until the server repeats its key
  async function enqueue(draft, key, body) {
    const kept = { ...draft, at: undefined };
    const inspection = await packed(
      key,
      { body, title: draft.name, draft: kept },
      { kind: "inspection", state: "waiting" },
    );
    const photos = await Promise.all(
      draft.photos.map((each) =>
        packed(
          crypto.randomUUID(),
          { title: draft.name, name: each.name, code: each.code },
          { kind: "photo", state: "waiting", of: key, photo: each.id, size: each.size },
        ),
      ),
    );
    await write(["drafts", "queue"], (store) => {
      store("queue").put(inspection);
      for (const each of photos) store("queue").put(each);
      store("drafts").delete(draft.id);
    });
    changed("queue");
  }
  async function setAside(item, why) {
    const row = await using((held) => held.get("queue", item.id));
    if (!row) return;
    const value = await unseal(row);
    const aside = { ...row, state: "aside", ...(await seal({ ...value, why })) };
    await write(["queue"], (store) => store("queue").put(aside));
    changed("queue");
  }
  async function confirm(item, answer) {
    const told = {
      title: item.title,
      kind: item.kind,
      name: item.name,
      url: answer.url,
      of: item.of,
      enterprise: item.draft?.enterprise,
    };
    const row = await packed(item.id, told, {});
    await write(["queue", "photos", "arrived"], (store) => {
      store("queue").delete(item.id);
      if (item.photo) store("photos").delete(item.photo);
      store("arrived").put(row);
    });
    changed("queue");
  }
  // what was set aside becomes a draft again, with its photos
  async function reopen(item, changes) {
    const draft = { ...item.draft, ...changes, id: crypto.randomUUID() };
    const row = await packed(draft.id, draft);
    const photos = (await rows("queue")).filter((each) => each.of === item.id);
    await write(["drafts", "queue"], (store) => {
      store("drafts").put(row);
      store("queue").delete(item.id);
      for (const each of photos) store("queue").delete(each.id);
    });
    changed("queue");
    return draft;
  }
  async function discard(item) {
    const photos = (await rows("queue")).filter((each) => each.of === item.id);
    await write(["queue", "photos"], (store) => {
      store("queue").delete(item.id);
      for (const each of [item, ...photos]) {
        if (each.photo) store("photos").delete(each.photo);
        if (each !== item) store("queue").delete(each.id);
      }
    });
    changed("queue");
  }
  // by their enterprises: the inspections that were finished here and are not taken yet, and those that arrived today
  async function finished() {
    const queued = (await list("queue")).filter((each) => each.kind === "inspection");
    const today = new Date().toDateString();
    const arrived = (await list("arrived")).filter(
      (each) => each.enterprise && new Date(each.at).toDateString() === today,
    );
    return {
      waiting: new Map(queued.map((each) => [each.draft.enterprise, each])),
      arrived: new Map(arrived.map((each) => [each.enterprise, each])),
    };
  }
  // how much of other people waits here: a number, nothing else
  async function ofOthers() {
    const all = await using((held) => held.getAll("queue"));
    return all.filter((each) => each.owner !== current?.owner).length;
  }
  async function waiting() {
    return current ? using((held) => held.countFromIndex("queue", "owner", current.owner)) : 0;
  }
  async function forgetOld() {
    const before = Date.now() - ARRIVED_DAYS * 86_400_000;
    const old = (await rows("arrived")).filter((each) => each.at < before);
    await write(["arrived"], (store) => {
      for (const each of old) store("arrived").delete(each.id);
    });
  }

  window.anqi = { field: { about, words: about.words } };
  window.anqi.field.store = {
    events,
    opened,
    who: () => current,
    identify,
    resume,
    list,
    one,
    pack,
    keepPack,
    saveDraft,
    dropDraft,
    putPhoto,
    photo,
    dropPhoto,
    enqueue,
    setAside,
    confirm,
    reopen,
    discard,
    finished,
    ofOthers,
    waiting,
    forgetOld,
  };
})();
