// Photos and files are sent one by one, so that a weak network costs one of them and not all. Photos are made smaller first;
// what the camera wrote (the moment) goes along, the server removes the place. Without this script the form sends all at once.
//
// On the page that adds files they wait for its button. In a form that answers (data-declares) they are sent as soon as they are
// chosen; its button tells the server which files belong to the answer, by their digests, and may be pressed before they have
// arrived. The answer counts when the server has all of them; until then the page says which one is missing.
(() => {
  "use strict";
  const list = document.querySelector("[data-sending]");
  const input = document.querySelector("input[data-files]");
  const form = input?.form;
  if (!list || !form) return;
  const LONGEST = 2400; // pixels of the longer side
  const PREVIEW = 96;
  const QUALITY = 0.85;
  const PATIENCE_MS = 60_000; // and as long as the slowest connection needs for the file
  const SLOWEST = 15; // bytes in a millisecond
  const MOST = Number(input.dataset.most);
  const declares = "declares" in form.dataset;
  const words = list.dataset;
  const button = form.querySelector("button[type=submit]");
  const status = form.querySelector("[data-status]");
  const items = [];

  // --- what was chosen -------------------------------------------------------------------------------------------
  input.required = false;
  form.dataset.again = ""; // it stays on the page: no other script locks or sends it
  input.addEventListener("change", () => {
    for (const file of input.files) add(file);
    input.value = ""; // the same file may be chosen again
    if (declares) sendAll();
  });
  function add(file) {
    const row = document.createElement("li");
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = PREVIEW;
    canvas.setAttribute("aria-hidden", "true");
    const name = document.createElement("span");
    name.className = "files-name";
    name.textContent = file.name;
    const said = document.createElement("span");
    said.className = "files-said";
    const progress = document.createElement("progress");
    progress.max = 1;
    progress.value = 0;
    progress.hidden = true;
    progress.setAttribute("aria-label", file.name);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-sm btn-ghost-secondary";
    remove.textContent = words.remove;
    remove.setAttribute("aria-label", `${words.remove}: ${file.name}`);
    row.append(canvas, name, said, progress, remove);
    list.append(row);
    const item = { file, row, said, progress, remove, state: "waiting", added: null };
    items.push(item);
    remove.addEventListener("click", () => leaveOut(item));
    const isLarge = file.size > MOST && !isPhoto(file);
    show(item, isLarge ? "failed" : "waiting", isLarge ? words.large : "");
    draw(file, canvas);
    item.content = smaller(file);
    item.digest = item.content.then(digestOf);
  }
  const isHere = (item) => items.includes(item);
  async function leaveOut(item) {
    if (item.added) {
      item.remove.disabled = true;
      const data = guards();
      data.set("version", form.elements.version?.value || "");
      data.set("reason", words.removed);
      const answer = await post(item.added.void_url, data);
      item.remove.disabled = false;
      if (!answer.ok) return show(item, item.state, answer.errors.join(" "));
    }
    items.splice(items.indexOf(item), 1);
    item.row.remove();
    input.focus();
  }
  function show(item, state, why = "") {
    item.state = state;
    item.row.dataset.state = state;
    item.said.textContent =
      why || { waiting: words.waiting, sending: words.underWay, sent: words.sent }[state] || "";
    item.progress.hidden = state !== "sending";
    item.remove.hidden = state === "sending" || (state === "sent" && !(declares && item.added));
  }
  const isPhoto = (file) => /^image\/(jpeg|png|webp)$/.test(file.type);
  // "" where the browser offers none: on pages without https the server says it of what has arrived
  async function digestOf(content) {
    if (!crypto.subtle) return "";
    const bytes = await crypto.subtle.digest("SHA-256", await content.arrayBuffer());
    return Array.from(new Uint8Array(bytes), (each) => each.toString(16).padStart(2, "0")).join("");
  }

  async function draw(file, canvas) {
    if (!file.type.startsWith("image/")) return;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.max(PREVIEW / picture.width, PREVIEW / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      canvas
        .getContext("2d")
        .drawImage(picture, (PREVIEW - width) / 2, (PREVIEW - height) / 2, width, height);
      picture.close();
    } catch {
      // a kind that this browser cannot draw (HEIC): the server can
    }
  }

  // --- made smaller ----------------------------------------------------------------------------------------------
  async function smaller(file) {
    if (!isPhoto(file)) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = LONGEST / Math.max(picture.width, picture.height);
      if (scale >= 1) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
      if (!blob || blob.size >= file.size) return file;
      const exif = upright(exifOf(new Uint8Array(await file.slice(0, 256 * 1024).arrayBuffer())));
      return exif ? new Blob([blob.slice(0, 2), exif, blob.slice(2)], { type: "image/jpeg" }) : blob;
    } catch {
      return file; // it goes as it is, and the server says what is wrong with it
    }
  }
  // The segment of a JPEG in which the camera wrote: FF E1, two bytes of length, "Exif\0\0".
  function exifOf(bytes) {
    if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
    let at = 2;
    while (at + 10 < bytes.length && bytes[at] === 0xff) {
      const length = bytes[at + 2] * 256 + bytes[at + 3];
      const isExif = bytes[at + 1] === 0xe1 && String.fromCharCode(...bytes.slice(at + 4, at + 8)) === "Exif";
      if (isExif) return at + 2 + length <= bytes.length ? bytes.slice(at, at + 2 + length) : null;
      if (bytes[at + 1] === 0xda || length < 2) return null;
      at += 2 + length;
    }
    return null;
  }
  // The pixels were turned here, so the segment must not ask for it again: its tag 0x0112 becomes 1.
  function upright(exif) {
    if (!exif || exif.length < 20) return exif;
    const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
    const start = 10;
    const isLittle = exif[start] === 0x49;
    const first = start + view.getUint32(start + 4, isLittle);
    if (first + 2 > exif.length) return null;
    const number = view.getUint16(first, isLittle);
    for (let index = 0; index < number; index += 1) {
      const entry = first + 2 + index * 12;
      if (entry + 12 > exif.length) return null;
      if (view.getUint16(entry, isLittle) === 0x0112) view.setUint16(entry + 8, 1, isLittle);
    }
    return exif;
  }

  // --- sent ------------------------------------------------------------------------------------------------------
  function guards() {
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "acting"]) data.set(name, form.elements[name]?.value || "");
    return data;
  }
  // Send something; the answer is JSON, else the errors say what is wrong. A stale token is renewed once.
  async function post(address, data, progress = null, again = false) {
    const answer = await request(address, data, progress);
    if (answer.refused === "csrf" && !again && (await window.anqi?.renewToken?.())) {
      data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      return post(address, data, progress, true);
    }
    return answer;
  }
  function request(address, data, progress) {
    return new Promise((done) => {
      const xhr = new XMLHttpRequest();
      const failed = (why) => done({ ok: false, errors: [why] });
      xhr.open("POST", address);
      xhr.setRequestHeader("X-Anqi-File", "1");
      const size = Array.from(data.values()).reduce((sum, each) => sum + (each.size || 0), 0);
      xhr.timeout = PATIENCE_MS + size / SLOWEST;
      xhr.upload.addEventListener("progress", (event) => {
        if (progress && event.lengthComputable) progress.value = event.loaded / event.total;
      });
      xhr.addEventListener("error", () => failed(words.offline));
      xhr.addEventListener("timeout", () => failed(words.offline));
      xhr.addEventListener("load", () => {
        const isOurs = (xhr.getResponseHeader("Content-Type") || "").startsWith("application/json");
        const refused = xhr.getResponseHeader("Anqi-Refused");
        if (isOurs) {
          const answer = JSON.parse(xhr.responseText);
          const ok = xhr.status < 300;
          done({ ok, errors: [words.offline], ...answer });
        } else if (
          new URL(xhr.responseURL, location.href).pathname !== new URL(address, location.href).pathname
        )
          failed(words.loggedOut); // a session that ended leads to the login page
        else done({ ok: false, refused, errors: [xhr.status === 413 ? words.large : words.offline] });
      });
      xhr.send(data);
    });
  }
  let underWay = null; // one at a time
  function sendAll() {
    underWay ||= (async () => {
      let item = next();
      while (item) {
        await send(item);
        item = next();
      }
      underWay = null;
    })();
    return underWay;
  }
  const next = () => items.find((item) => item.state === "waiting");
  async function send(item) {
    show(item, "sending");
    const content = await item.content;
    if (content.size > MOST) {
      show(item, "failed", words.large);
      return;
    }
    const data = declares ? guards() : new FormData(form);
    if (declares) data.set("shows", words.shows);
    data.set(input.name, content, item.file.name);
    const answer = await post(declares ? words.add : location.href, data, item.progress);
    if (answer.ok && answer.added?.length === 1) {
      [item.added] = answer.added;
      show(item, "sent");
      if (answer.submitted) await submitted(answer.submitted);
    } else show(item, "failed", answer.errors.join(" "));
  }
  function retry() {
    for (const item of items) if (item.state === "failed") show(item, "waiting");
    return sendAll();
  }
  let isLeaving = false;
  function leaveTo(address) {
    isLeaving = true;
    window.anqi?.leave();
    const target = new URL(address, location.href);
    location.assign(target);
  }
  const failed = () => items.filter((item) => item.state === "failed");

  form.addEventListener("submit", (event) => {
    if (!declares && !items.length) return; // the server says that nothing was chosen
    event.preventDefault();
    if (!button.disabled) declares ? answerAll() : addAll();
  });
  async function addAll() {
    button.disabled = true;
    await retry();
    button.disabled = false;
    if (items.length && !failed().length) return leaveTo(words.back);
    button.textContent = words.again;
    failed()[0]?.remove.focus();
  }

  // --- an answer that names its files ------------------------------------------------------------------------------
  function tell(text, isFault = false) {
    status.hidden = !text;
    status.textContent = text;
    status.dataset.state = isFault ? "failed" : "sending";
    if (isFault) status.scrollIntoView({ block: "center" });
  }
  async function answerAll() {
    button.disabled = true;
    tell(words.submitting);
    const sending = retry();
    if (!crypto.subtle) await sending; // the server knows the digests
    let answer = await declare();
    if (answer.ok && answer.missing) {
      tell(words.arriving);
      await sending;
      if (!failed().length && !isLeaving) answer = await declare();
    }
    if (isLeaving) return;
    if (answer.ok && answer.location) return submitted(answer.location);
    button.disabled = false;
    button.textContent = words.again;
    if (!answer.ok) return tell(answer.errors.join(" "), true);
    const names = failed().map((item) => item.file.name);
    const comma = document.documentElement.lang.startsWith("zh") ? "、" : ", ";
    tell(words.missing.replace("@", (names.length ? names : answer.missing).join(comma)), true);
  }
  // the server has it: the device need not keep the words any longer
  async function submitted(address) {
    await window.anqi?.drafts?.taken(form);
    leaveTo(address);
  }
  async function declare() {
    const files = [];
    for (const item of [...items]) {
      const digest = (await item.digest) || item.added?.received || "";
      if (isHere(item)) files.push({ name: item.file.name, digest });
    }
    const data = new FormData(form);
    data.delete(input.name);
    data.set("declared", JSON.stringify(files));
    return post(form.getAttribute("action") || location.href, data);
  }
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && items.some((item) => item.state !== "sent")) event.preventDefault();
  });
})();
