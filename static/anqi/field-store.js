// What a phone keeps for work without network: IndexedDB, sealed with the key of the person and role (docs/field.md).
// A text counts as saved only when its transaction is done, on the disk. Nothing is waited for inside a transaction.
(() => {
  "use strict";
  const about = JSON.parse(document.getElementById("anqi-field").textContent);
  const NAME = "anqi-field";
  const KEY_HOURS = 24; // how long the phone opens without having seen the server
  const ARRIVED_DAYS = 2;
  const STRICT = { durability: "strict" };
  const STORES = ["packages", "drafts", "photos", "queue", "arrived"];
  const events = new EventTarget();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(NAME) : null;
  let current = null; // {owner, key, keys, about}: who works on this phone

  const open = idb.openDB(NAME, 1, {
    upgrade(base) {
      base.createObjectStore("people", { keyPath: "id" });
      for (const name of STORES)
        base.createObjectStore(name, { keyPath: "id" }).createIndex("owner", "owner");
    },
    blocking(_version, _next, event) {
      event.target.close(); // another tab brings a newer release
      events.dispatchEvent(new Event("outdated"));
    },
  });
  open.catch(() => {});

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
    const base = await open;
    const transaction = base.transaction("people", "readwrite", STRICT);
    await transaction.store.clear();
    transaction.store.put(row);
    await transaction.done;
    const isNew = current?.owner !== owner;
    current = { owner, key: keys[0], keys, about: known };
    if (isNew) changed("who");
    return current;
  }
  // without the server: whoever was last, unless they logged out or that is long ago
  async function resume() {
    const [row] = await (await open).getAll("people");
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
    const base = await open;
    const transaction = base.transaction(stores, "readwrite", STRICT);
    act((name) => transaction.objectStore(name));
    await transaction.done;
  }
  async function rows(name) {
    const found = await (await open).getAllFromIndex(name, "owner", current.owner);
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
    const row = await (await open).get(name, id);
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
  // takes what the server gave; `due`: it is the list of what is due, else single enterprises that were opened
  async function keepPack(given, due) {
    const before = await pack();
    const kept = due ? empty() : before;
    if (due) {
      const drafts = new Set((await list("drafts")).map((each) => each.enterprise));
      for (const id of before.opened) {
        const enterprise = before.enterprises[id];
        if (!enterprise || (Date.now() - enterprise.loaded > 14 * 86_400_000 && !drafts.has(id))) continue;
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
    const row = await (await open).get("photos", id);
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
    const row = await (await open).get("queue", item.id);
    if (!row) return;
    const value = await unseal(row);
    const aside = { ...row, state: "aside", ...(await seal({ ...value, why })) };
    await write(["queue"], (store) => store("queue").put(aside));
    changed("queue");
  }
  async function confirm(item, answer) {
    const told = { title: item.title, kind: item.kind, name: item.name, url: answer.url, of: item.of };
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
  // how much of other people waits here: a number, nothing else
  async function ofOthers() {
    const all = await (await open).getAll("queue");
    return all.filter((each) => each.owner !== current?.owner).length;
  }
  async function waiting() {
    return current ? (await open).countFromIndex("queue", "owner", current.owner) : 0;
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
    open,
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
    ofOthers,
    waiting,
    forgetOld,
  };
})();
