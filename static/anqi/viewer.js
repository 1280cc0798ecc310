// The viewer of a record's photos: large, turned, the next one, before beside after. Keyboard: arrows, R turns, Escape closes.
// Without this script a photo opens by itself.
(() => {
  "use strict";
  const section = document.getElementById("files");
  if (!section || !window.HTMLDialogElement) return;
  const links = () => Array.from(section.querySelectorAll("a[data-view]"));
  const template = document.getElementById("viewer-template");
  let dialog = null;
  let at = 0;
  let turned = 0;
  let from = null; // where a finger was put down

  section.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-view]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(links().indexOf(link));
  });

  function open(index) {
    dialog ||= build();
    show(index);
    dialog.showModal();
  }
  function build() {
    const made = template.content.firstElementChild.cloneNode(true);
    document.body.append(made);
    made.addEventListener("click", (event) => {
      const act = event.target.closest("[data-do]")?.dataset.do;
      if (act === "close" || event.target === made) made.close();
      else if (act === "next") show(at + 1);
      else if (act === "previous") show(at - 1);
      else if (act === "turn") turn();
      else if (act === "beside") beside();
    });
    made.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show(at + step);
      else if (event.key.toLowerCase() === "r" && !event.ctrlKey && !event.metaKey) turn();
      else return;
      event.preventDefault();
    });
    made.addEventListener("pointerdown", (event) => {
      from = event.isPrimary ? event.clientX : null;
    });
    made.addEventListener("pointerup", (event) => {
      const way = from === null ? 0 : event.clientX - from;
      if (Math.abs(way) > 60) show(at - Math.sign(way));
      from = null;
    });
    made.addEventListener("close", () => links()[at]?.focus());
    return made;
  }

  function picture(link) {
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    image.src = link.href;
    image.alt = link.querySelector("img").alt;
    image.draggable = false;
    const caption = document.createElement("figcaption");
    const about = link.closest("li").querySelector(".files-about");
    caption.textContent = [
      link.dataset.view,
      ...Array.from(about.querySelectorAll(":scope > span"), (each) => each.textContent.trim()),
    ]
      .filter(Boolean)
      .join(" · ");
    figure.append(image, caption);
    return figure;
  }
  function show(index) {
    const all = links();
    at = (index + all.length) % all.length;
    turned = 0;
    fill([all[at]]);
    dialog.querySelector("[data-count]").textContent = `${at + 1} / ${all.length}`;
    const groups = new Set(all.map((link) => link.dataset.view));
    dialog.querySelector("[data-do=beside]").hidden = groups.size < 2;
    for (const name of ["next", "previous"])
      dialog.querySelector(`[data-do=${name}]`).hidden = all.length < 2;
  }
  function fill(shown) {
    const place = dialog.querySelector("[data-pictures]");
    place.replaceChildren(...shown.map(picture));
    place.dataset.number = shown.length;
  }
  function turn() {
    turned = (turned + 90) % 360;
    for (const image of dialog.querySelectorAll("img")) {
      const [width, height] = [image.clientWidth, image.clientHeight];
      const fits = Math.min(width / image.naturalWidth, height / image.naturalHeight);
      const [long, high] = [image.naturalWidth * fits, image.naturalHeight * fits];
      const scale = turned % 180 ? Math.min(width / high, height / long) : 1;
      image.style.transform = `rotate(${turned}deg) scale(${scale})`;
    }
  }
  // the photo on view, and the first one of the other group
  function beside() {
    const all = links();
    const here = all[at];
    const other = all.find((link) => link.dataset.view !== here.dataset.view);
    if (!other) return;
    const isFirst = all.indexOf(here) < all.indexOf(other);
    turned = 0;
    fill(isFirst ? [here, other] : [other, here]);
  }
})();
