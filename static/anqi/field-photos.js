// Photos at the items of a checklist: made smaller, upright, without what the camera wrote into them, kept on the phone.
(() => {
  "use strict";
  const { field } = window.anqi;
  const { store, words } = field;
  const LONGEST = 1600;
  const QUALITY = 0.82;
  const LARGEST = 20_000_000; // bytes that the server takes
  const MOST = 60; // of one inspection

  const HEIF = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];
  // as it begins: its length, "ftyp", its brand
  async function isHeif(file) {
    const begin = new TextDecoder("latin1").decode(await file.slice(4, 12).arrayBuffer());
    return begin.startsWith("ftyp") && HEIF.includes(begin.slice(4));
  }
  async function smaller(file) {
    let picture;
    try {
      picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      if (await isHeif(file)) return file; // this browser cannot draw it, the server can
      throw new RangeError(words.no_picture);
    }
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    return (await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY))) || file;
  }
  async function digestOf(content) {
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    return Array.from(found, (each) => each.toString(16).padStart(2, "0")).join("");
  }

  // the photos of one place in the form: `code` of an item, or "" for the inspection as a whole
  function widget(place, code, draft, save) {
    const shots = document.createElement("div");
    shots.className = "field-shots";
    const label = document.createElement("label");
    label.className = "field-add";
    const icon = document.createElement("i");
    icon.className = "ti ti-camera";
    icon.setAttribute("aria-hidden", "true");
    const input = document.createElement("input");
    input.type = "file";
    input.accept = "image/*,.heic";
    input.multiple = true;
    input.className = "visually-hidden";
    const text = document.createElement("span");
    text.textContent = words.add_photo;
    label.append(icon, text, input);
    const said = document.createElement("div");
    said.className = "field-error";
    said.setAttribute("role", "alert");
    place.replaceChildren(shots, said);
    shots.append(label);
    for (const each of draft.photos.filter((photo) => photo.code === code)) show(each);

    input.addEventListener("change", async () => {
      const files = [...input.files];
      input.value = ""; // or the same file again fires no event
      said.textContent = "";
      for (const file of files) {
        try {
          await add(file);
        } catch (error) {
          said.textContent = error.name === "RangeError" ? error.message : words.storage_full;
        }
      }
    });
    async function add(file) {
      if (draft.photos.length >= MOST) throw new RangeError(words.too_many_photos);
      const blob = await smaller(file);
      if (blob.size > LARGEST) throw new RangeError(words.too_large);
      const content = await blob.arrayBuffer(); // never a Blob: WebKit loses them
      const photo = {
        id: crypto.randomUUID(),
        code,
        name: file.name || "photo.jpg",
        size: content.byteLength,
        sha256: await digestOf(content),
      };
      if (draft.photos.some((each) => each.code === code && each.sha256 === photo.sha256)) return;
      await store.putPhoto(photo.id, content);
      draft.photos.push(photo);
      await save();
      show(photo);
    }
    async function show(photo) {
      const shot = document.createElement("figure");
      shot.className = "field-shot";
      shot.dataset.photo = photo.id;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.setAttribute("aria-label", `${words.remove}: ${photo.name}`);
      const cross = document.createElement("i");
      cross.className = "ti ti-x";
      cross.setAttribute("aria-hidden", "true");
      remove.append(cross);
      shot.append(remove);
      label.before(shot);
      remove.addEventListener("click", async () => {
        if (!(await field.parts.ask(words.remove_photo, photo.name, words.remove))) return;
        draft.photos.splice(draft.photos.indexOf(photo), 1);
        await save();
        await store.dropPhoto(photo.id);
        shot.remove();
        input.focus();
      });
      const content = await store.photo(photo.id);
      if (!content) return;
      const image = document.createElement("img");
      image.alt = photo.name;
      image.src = URL.createObjectURL(new Blob([content]));
      image.addEventListener("load", () => URL.revokeObjectURL(image.src));
      image.addEventListener("error", () => image.replaceWith(photo.name)); // HEIC
      shot.prepend(image);
    }
  }
  field.photos = { widget, digestOf, smaller };
})();
