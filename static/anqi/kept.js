// The list of what this person typed on this device and has not saved.
(() => {
  "use strict";
  const drafts = window.anqi?.drafts;
  const place = document.getElementById("kept");
  if (!drafts || !place) return;
  const { words } = drafts.about;
  const make = (name, className, text) => {
    const made = document.createElement(name);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  function entry(draft) {
    const box = make("article", "kept-entry");
    const head = make("div", "kept-head");
    head.append(make("h2", "section-title", draft.title), make("span", "quiet", drafts.moment(draft.at)));
    const acts = make("div", "draft-acts");
    const open = make("a", "btn btn-sm btn-primary", words.go);
    open.href = draft.path;
    open.addEventListener("click", () => drafts.note.write("put_back", draft.id));
    const discard = make("button", "btn btn-sm", words.discard);
    discard.type = "button";
    discard.addEventListener("click", async () => {
      await drafts.remove(draft.id);
      show();
    });
    acts.append(open, discard);
    box.append(head, drafts.listed(draft), acts);
    return box;
  }
  async function show() {
    try {
      const found = await drafts.list();
      place.replaceChildren(...found.map(entry));
      if (!found.length) place.append(make("p", "m-3", words.none));
    } catch {
      place.replaceChildren(make("p", "m-3", words.blocked));
    }
  }
  show();
})();
