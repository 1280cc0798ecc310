// Photos and files are sent one by one, so that a weak network costs one of them and not all. Photos are made smaller first;
// what the camera wrote (the moment) goes along, the server removes the place. Without this script the form sends all at once.
(() => {
  "use strict";
  const list = document.querySelector("[data-sending]");
  const input = document.querySelector("input[data-files]");
  const form = input?.form;
  if (!list || !form) return;
  const LONGEST = 2400; // pixels of the longer side
  const PREVIEW = 96;
  const QUALITY = 0.85;
  const PATIENCE_MS = 120_000;
  const MOST = Number(input.dataset.most);
  const words = list.dataset;
  const button = form.querySelector("button[type=submit]");
  const items = [];

  // --- what was chosen -------------------------------------------------------------------------------------------
  input.required = false;
  form.dataset.again = ""; // it stays on the page: no other script locks or sends it
  input.addEventListener("change", () => {
    for (const file of input.files) add(file);
    input.value = ""; // the same file may be chosen again
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
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "btn btn-sm btn-ghost-secondary";
    remove.textContent = words.remove;
    remove.setAttribute("aria-label", `${words.remove}: ${file.name}`);
    row.append(canvas, name, said, remove);
    list.append(row);
    const item = { file, row, said, remove, state: "waiting" };
    items.push(item);
    remove.addEventListener("click", () => {
      items.splice(items.indexOf(item), 1);
      row.remove();
      input.focus();
    });
    show(item, file.size > MOST && !isPhoto(file) ? "failed" : "waiting", words.large);
    draw(file, canvas);
  }
  function show(item, state, why = "") {
    item.state = state;
    item.row.dataset.state = state;
    item.said.textContent =
      { waiting: words.waiting, sending: words.underWay, sent: words.sent }[state] || why;
    item.remove.hidden = state === "sending" || state === "sent";
  }
  const isPhoto = (file) => /^image\/(jpeg|png|webp)$/.test(file.type);

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
  form.addEventListener("submit", (event) => {
    if (!items.length) return; // the server says that nothing was chosen
    event.preventDefault();
    sendAll();
  });
  async function sendAll() {
    button.disabled = true;
    for (const item of [...items]) if (item.state !== "sent") await send(item);
    button.disabled = false;
    if (items.length && items.every((item) => item.state === "sent")) {
      window.onbeforeunload = null;
      location.assign(words.back);
      return;
    }
    button.textContent = words.again;
    items.find((item) => item.state === "failed")?.remove.focus();
  }
  async function send(item) {
    show(item, "sending");
    const data = new FormData(form);
    const content = await smaller(item.file);
    if (content.size > MOST) {
      show(item, "failed", words.large);
      return;
    }
    data.set(input.name, content, item.file.name);
    try {
      const response = await fetch(location.href, {
        method: "POST",
        body: data,
        headers: { "X-Anqi-File": "1" },
        redirect: "error", // a session that ended leads to the login page
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const answer = await response.json();
      if (response.ok && answer.added?.length === 1) show(item, "sent");
      else show(item, "failed", (answer.errors || [words.offline]).join(" "));
    } catch {
      show(item, "failed", words.offline); // no connection, or an answer that is not ours
    }
  }
  window.addEventListener("beforeunload", (event) => {
    if (items.some((item) => item.state !== "sent")) event.preventDefault();
  });
})();
