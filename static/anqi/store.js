// Where unsaved texts are kept: IndexedDB, each sealed with a key that only the pages of its owner carry. docs/drafts.md
(() => {
  "use strict";
  const about = JSON.parse(document.getElementById("anqi-drafts")?.textContent || "null");
  if (!about) return;
  const KEPT_DAYS = 14;
  const MOST = 50; // per person and role
  const LARGEST = 200_000; // bytes of one form

  // --- the store -------------------------------------------------------------------------------------------
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => Number.parseInt(pair, 16));
  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const finished = (transaction) =>
    new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  function open() {
    const request = indexedDB.open("anqi", 1);
    request.onupgradeneeded = () => {
      const store = request.result.createObjectStore("drafts", { keyPath: "id" });
      store.createIndex("owner", "owner");
      store.createIndex("at", "at");
    };
    return answer(request).then((found) => {
      found.onversionchange = () => found.close(); // another tab brings a newer release
      return found;
    });
  }
  async function prepareStore() {
    const keys = new Map();
    for (const [name, key] of about.owners)
      keys.set(
        name,
        await crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]),
      );
    return { base: await open(), keys };
  }
  const owner = about.owners[0]?.[0] || "";
  // without https the browser gives no keys, and a private window perhaps no database: the form then says so
  const ready = Promise.resolve().then(prepareStore);
  ready.catch(() => {});

  async function put(draft) {
    const { base, keys } = await ready;
    const plain = new TextEncoder().encode(JSON.stringify(draft.content));
    if (plain.length > LARGEST) throw new RangeError("too long");
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, keys.get(owner), plain);
    if (draft.isGone()) return;
    const transaction = base.transaction("drafts", "readwrite", { durability: "strict" });
    transaction.objectStore("drafts").put({ id: draft.id, owner, at: Date.now(), iv, sealed });
    transaction.commit?.();
    await finished(transaction);
  }
  async function remove(...ids) {
    const { base } = await ready;
    const transaction = base.transaction("drafts", "readwrite");
    for (const id of ids) transaction.objectStore("drafts").delete(id);
    transaction.commit?.();
    await finished(transaction);
  }
  async function list() {
    const { base, keys } = await ready;
    const found = [];
    for (const [name, key] of keys) {
      const rows = await answer(base.transaction("drafts").objectStore("drafts").index("owner").getAll(name));
      for (const { id, at, iv, sealed } of rows) {
        try {
          const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
          found.push({ id, at, ...JSON.parse(new TextDecoder().decode(plain)) });
        } catch {
          await remove(id); // damaged: nobody can ever read it
        }
      }
    }
    found.sort((one, other) => other.at - one.at);
    if (found.length > MOST) await remove(...found.splice(MOST).map((each) => each.id));
    return found;
  }
  async function forgetOld() {
    const { base } = await ready;
    const before = IDBKeyRange.upperBound(Date.now() - KEPT_DAYS * 86_400_000);
    const store = base.transaction("drafts", "readwrite").objectStore("drafts");
    for (const id of await answer(store.index("at").getAllKeys(before))) store.delete(id);
  }

  // --- the page that works without network (field-store.js) has a store of its own -------------------------------------------
  async function onPhone(mode, act) {
    const found = (await indexedDB.databases?.()) || [];
    if (!found.some((each) => each.name === "anqi-field" && each.version === 1)) return 0;
    const phone = await answer(indexedDB.open("anqi-field", 1));
    phone.onversionchange = () => phone.close();
    try {
      return await act(phone.transaction(["people", "queue", "drafts"], mode));
    } finally {
      phone.close();
    }
  }
  // how much of this person and role waits there to be finished or sent
  const waitingOnPhone = () =>
    onPhone("readonly", async (transaction) => {
      let count = 0;
      for (const name of ["queue", "drafts"])
        count += await answer(transaction.objectStore(name).index("owner").count(owner));
      return count;
    });
  // from now on it opens only with a network, after a login; what is kept stays
  const lockPhone = (but = "") =>
    onPhone("readwrite", async (transaction) => {
      const people = transaction.objectStore("people");
      for (const each of await answer(people.getAll())) if (each.person !== but) people.delete(each.id);
      await finished(transaction);
    });
  if (about.person) lockPhone(about.person).catch(() => {}); // somebody else worked on it before

  // --- what this tab knows: the texts it began, what it tried to send, where it was led away from ----------------
  const note = {
    read: (name) => {
      try {
        return JSON.parse(sessionStorage.getItem(`anqi_${name}`) || "null");
      } catch {
        return null;
      }
    },
    write: (name, value) => {
      try {
        value === null
          ? sessionStorage.removeItem(`anqi_${name}`)
          : sessionStorage.setItem(`anqi_${name}`, JSON.stringify(value));
      } catch {
        /* forbidden or full: then a text is offered instead of put back */
      }
    },
  };

  window.anqi.store = { owner, put, remove, list, forgetOld, waitingOnPhone, lockPhone, note };
})();
