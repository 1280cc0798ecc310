// The summary that both sides see and sign on the screen, and the signatures (docs/field.md, "Signatures").
// What is signed is the same summary that the server makes (inspections/checklists/summary.py); its SHA-256 is over the
// same bytes, so that the record shows that nothing was changed after signing.
(() => {
  "use strict";
  const { field } = window.anqi;
  const { store, words } = field;
  const { make, icon, button, say, filled, ask } = field.parts;
  const VERSION = 1;
  const REMAINS = ["send_back", "still"]; // acts on a hazard of before that is still to be rectified
  const PEN = "#14263d"; // dark on paper, whatever theme the phone has

  // --- the summary --------------------------------------------------------------------------------------------------
  // keys in the order of their code points at every depth, no blanks, UTF-8
  function byCodePoint(one, other) {
    const [left, right] = [Array.from(one), Array.from(other)];
    for (let place = 0; place < Math.min(left.length, right.length); place++) {
      const apart = left[place].codePointAt(0) - right[place].codePointAt(0);
      if (apart) return apart;
    }
    return left.length - right.length;
  }
  function sorted(value) {
    if (Array.isArray(value)) return value.map(sorted);
    if (value === null || typeof value !== "object") return value;
    const names = Object.keys(value).sort(byCodePoint);
    return new Map(names.map((name) => [name, sorted(value[name])]));
  }
  // written by hand, because an object's own order puts names that are numbers first
  function text(value) {
    if (value instanceof Map)
      return `{${[...value].map(([name, each]) => `${JSON.stringify(name)}:${text(each)}`).join(",")}}`;
    if (Array.isArray(value)) return `[${value.map(text).join(",")}]`;
    return JSON.stringify(value);
  }
  const canonical = (summary) => text(sorted(summary));
  async function sha256(summary) {
    return field.photos.digestOf(new TextEncoder().encode(canonical(summary)));
  }

  function summaryOf(enterprise, form, draft) {
    const said = (name) => draft.fields[name]?.[0] || "";
    const has = (name) => Boolean(draft.fields[name]);
    const asked = form.questions.filter(
      (each) => !each.unasked || said(`answer-${each.code}`) === "fail" || said(`note-${each.code}`),
    );
    const failed = asked
      .filter((each) => said(`answer-${each.code}`) === "fail")
      .map((each) => ({
        code: each.code,
        hazard: each.hazard,
        note: said(`note-${each.code}`),
        place: said(`place-${each.code}`),
        major: has(`major-${each.code}`),
        on_the_spot: has(`on_the_spot-${each.code}`),
        due_on: said(`due_on-${each.code}`),
      }));
    const again = Object.keys(draft.fields)
      .filter((name) => /^again-\d+$/.test(name) && ["close", ...REMAINS].includes(said(name)))
      .map((name) => Number(name.slice("again-".length)))
      .sort((one, other) => one - other)
      .map((id) => ({ hazard_id: id, act: said(`again-${id}`), reason: said(`again_reason-${id}`) }));
    return {
      v: VERSION,
      enterprise: { id: enterprise.id, name: enterprise.name },
      kind: said("kind"),
      day: said("inspected_on"),
      officers: (draft.fields.officers || [])
        .map((id) => form.officers.find((each) => String(each.id) === id))
        .filter(Boolean)
        .map(({ id, name, police_number }) => ({ id, name, police_number })),
      lists: form.lists,
      answers: asked.map((each) => ({
        code: each.code,
        ask: each.ask,
        answer: said(`answer-${each.code}`),
        note: said(`note-${each.code}`),
      })),
      failed,
      again,
      conclusion: said("conclusion") || follows(asked, failed, again, said),
      shown: has("certificate_shown"),
      camera: [said("camera"), said("camera_at").slice(0, 5)].filter(Boolean).join(" "),
      note: said("note"),
    };
  }
  // the conclusion as the server draws it (conclusion_of)
  function follows(asked, failed, again, said) {
    if (failed.some((each) => each.major)) return "unqualified";
    if (again.some((each) => REMAINS.includes(each.act)) || failed.some((each) => !each.on_the_spot))
      return "rectify";
    return asked.some((each) => each.critical && !each.unasked && !said(`answer-${each.code}`))
      ? ""
      : "qualified";
  }

  // --- what is shown --------------------------------------------------------------------------------------------------
  // all of it: whoever signs has seen what is signed
  function shown(summary, form, made, digest) {
    const block = make("section", "field-block field-summary");
    const detail = (label, value) => make("div", "field-full", `${label}${words.colon}${value}`);
    const kind = made.elements.kind.querySelector(`[value="${CSS.escape(summary.kind)}"]`)?.textContent;
    const count = (answer) => summary.answers.filter((each) => each.answer === answer).length;
    const figures = make("div", "checking-figures");
    for (const [answer, symbol, tone] of [
      ["pass", "check", "text-green"],
      ["fail", "x", "text-red"],
      ["n_a", "minus", "quiet"],
      ["", "circle-dashed", "quiet"],
    ]) {
      if (!answer && !count("")) continue;
      const figure = make("div");
      const label = make("span", tone);
      label.append(icon(symbol), ` ${words.answers[answer]}`);
      figure.append(make("b", "", String(count(answer)) || "0"), label);
      figures.append(figure);
    }
    const found = make("ul", "checking-found");
    for (const each of summary.failed) {
      const line = make("li");
      const item = made.querySelector(`[data-code="${CSS.escape(each.code)}"] .check-becomes b`);
      const when = each.on_the_spot ? words.on_the_spot : filled(words.until, each.due_on);
      line.append(make("b", "", item?.textContent || each.hazard), make("span", "quiet", when));
      if (each.major) line.append(make("span", "badge bg-red-lt", words.major));
      if (each.place) line.append(detail(words.place, each.place));
      if (each.note) line.append(make("div", "field-full", each.note));
      found.append(line);
    }
    for (const each of summary.again) {
      const hazard = made.querySelector(`[name="again-${each.hazard_id}"]`)?.closest("fieldset");
      const line = make("li");
      line.append(
        make("b", "", hazard?.querySelector("legend").textContent.trim() || ""),
        make("span", "quiet", words.acts[each.act]),
      );
      if (each.reason) line.append(make("div", "field-full", each.reason));
      found.append(line);
    }
    const said = (each) => {
      const line = make("li");
      line.append(make("b", "", each.ask), make("span", "quiet", words.answers[each.answer]));
      if (each.note) line.append(make("div", "field-full", each.note));
      return line;
    };
    for (const each of summary.answers) if (each.note && each.answer !== "fail") found.append(said(each));
    const all = make("details", "field-all");
    const list = make("ul", "checking-found");
    list.append(...summary.answers.map(said));
    all.append(make("summary", "", `${words.all_answers} ${summary.answers.length}`), list);
    const verdict = make("div", "checking-verdict");
    verdict.dataset.kind = summary.conclusion || "open";
    verdict.append(icon("file-check"), ` ${words.conclusions[summary.conclusion]}`);
    const isOrdered = ["rectify", "unqualified"].includes(summary.conclusion);
    const toOrder = isOrdered && summary.failed.some((each) => !each.on_the_spot);
    block.append(
      make("h2", "", summary.enterprise.name),
      make(
        "p",
        "quiet",
        [
          summary.day,
          kind,
          summary.officers.map((each) => each.name).join(words.comma),
          form.names.join(words.comma),
        ].join(" · "),
      ),
      figures,
      found,
      all,
      verdict,
      make("p", "quiet", toOrder ? words.order_follows : words.record_follows),
      detail(words.certificates, words[summary.shown ? "yes" : "no"]),
      ...(summary.camera ? [detail(words.camera, summary.camera)] : []),
      ...(summary.note ? [detail(words.note, summary.note)] : []),
      ...[...made.querySelectorAll("[data-beware]:not([hidden])")].map((each) => each.cloneNode(true)),
      make("p", "field-digest quiet", `${words.digest} ${digest.slice(0, 8)} … ${digest.slice(-8)}`),
    );
    return block;
  }

  // --- signing ------------------------------------------------------------------------------------------------------------
  function input(label, name, value, most = 80) {
    const wrap = make("label", "field-input");
    const box = make("input", "form-control");
    Object.assign(box, { name, value: value || "", maxLength: most, autocomplete: "off" });
    wrap.append(make("span", "form-label", label), box);
    return wrap;
  }
  // a place to sign in; what was drawn is kept and drawn again after the phone was turned
  function sheet(box, given, changed) {
    const frame = make("div", "field-pad");
    const canvas = make("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words.sign_here);
    const clear = button("btn btn-sm field-clear", words.clear);
    frame.append(canvas, clear);
    box.append(frame);
    const drawing = new SignaturePad(canvas, { penColor: PEN, minWidth: 1, maxWidth: 3 });
    function fit() {
      const ratio = Math.max(window.devicePixelRatio || 1, 1);
      const { offsetWidth, offsetHeight } = canvas;
      if (!offsetWidth) return;
      canvas.width = offsetWidth * ratio;
      canvas.height = offsetHeight * ratio;
      canvas.getContext("2d").scale(ratio, ratio);
      drawing.clear();
      if (given.strokes?.length) drawing.fromData(given.strokes);
    }
    const watch = new ResizeObserver(fit);
    watch.observe(canvas);
    drawing.addEventListener("endStroke", () => {
      given.strokes = drawing.toData();
      given.picture = canvas.toDataURL("image/png").split(",")[1];
      given.signed_at = new Date().toISOString();
      changed();
    });
    clear.addEventListener("click", () => {
      drawing.clear();
      Object.assign(given, { strokes: [], picture: "" });
      changed();
    });
    return () => watch.disconnect();
  }

  // who has signed, or refused to, by their places
  const signed = (draft) =>
    (draft.signing?.signatures || []).filter((each) => each.refused || each.picture || each.name?.trim());
  // other answers are signed again; who was there is not asked again
  function again(before) {
    const { name, duty, reason, witness } = before?.find((each) => each.side === "enterprise") || {};
    return { name, duty, reason, witness };
  }

  async function show(place, { enterprise, form, draft, made, save, over, back: leaveFor, isWanted }) {
    const summary = summaryOf(enterprise, form, draft);
    const digest = await sha256(summary);
    if (!isWanted()) return null;
    const signers = summary.officers
      .filter((each) => each.police_number)
      .map((each) => ({
        side: "officer",
        user_id: each.id,
        title: each.name,
        sub: filled(words.number, each.police_number),
      }));
    signers.push({ side: "enterprise", title: words.enterprise_person, sub: words.enterprise_sub });
    if (draft.signing?.sha256 !== digest) {
      const before = draft.signing?.signatures;
      const fell = Boolean(draft.signing?.fell || before?.some((each) => each.refused || each.picture));
      const given = signers.map((each) => (each.side === "enterprise" ? again(before) : {}));
      draft.signing = { summary, sha256: digest, signatures: given, fell };
    }
    const { signatures } = draft.signing;
    field.title(words.sign_title);
    const closers = [];
    const block = make("section", "field-block field-signers");
    const finish = button("btn btn-primary field-big", words.finish);
    const missing = make("p", "field-quiet");
    missing.setAttribute("role", "status");
    const fallen = make("p", "field-banner", words.sign_again);
    fallen.setAttribute("role", "alert");

    const lacks = () => {
      for (const [place_, each] of signers.entries()) {
        const given = signatures[place_];
        if (given.refused) {
          if (!given.reason?.trim() || !given.witness?.trim()) return words.refusal_lacks;
        } else if (!given.picture) return filled(words.not_signed, each.title);
        else if (each.side === "enterprise" && !given.name?.trim()) return words.who_signed;
      }
      return "";
    };
    const changed = () => {
      finish.disabled = Boolean(lacks());
      missing.textContent = lacks();
      fallen.hidden = !draft.signing.fell || !lacks();
      save();
    };
    for (const [at, each] of signers.entries()) {
      const given = signatures[at];
      Object.assign(given, { side: each.side, user_id: each.user_id || 0 });
      const box = make("div", "field-signer");
      box.dataset.signer = each.side;
      const head = make("div", "field-signer-head");
      head.append(make("b", "", each.title), make("span", "quiet", each.sub));
      box.append(head);
      block.append(box);
      if (each.side === "enterprise") theirs(box, given);
      else closers.push(sheet(box, given, changed));
    }
    function theirs(box, given) {
      const sign = make("div");
      const refuse = make("div");
      sign.append(input(words.name, "name", given.name), input(words.duty, "duty", given.duty));
      refuse.append(
        input(words.refusal_reason, "reason", given.reason, 1000),
        input(words.witness, "witness", given.witness),
      );
      box.append(sign, refuse);
      for (const one of box.querySelectorAll("input"))
        one.addEventListener("input", () => {
          given[one.name] = one.value;
          given.signed_at ||= new Date().toISOString();
          changed();
        });
      const turn = button("btn", "");
      const drawn = make("div");
      sign.append(drawn);
      let close = null;
      const set = () => {
        sign.hidden = Boolean(given.refused);
        refuse.hidden = !given.refused;
        turn.querySelector("span").textContent = given.refused ? words.sign_after_all : words.refuse;
        if (!given.refused && !close) close = sheet(drawn, given, changed);
      };
      turn.dataset.refuse = "";
      turn.addEventListener("click", () => {
        given.refused = !given.refused;
        given.signed_at = new Date().toISOString();
        set();
        changed();
      });
      box.append(turn);
      set();
      closers.push(() => close?.());
    }

    const bar = make("div", "field-bottom");
    const back = button("btn field-big", words.back_to_items);
    const without = button("btn btn-link", words.without_signing);
    const leave = () => {
      for (const each of closers) each();
    };
    back.addEventListener("click", leaveFor);
    without.addEventListener("click", async () => {
      const thrown = signers.filter(
        (_each, at) => signed({ signing: { signatures: [signatures[at]] } }).length,
      );
      const names = thrown.map((each) => each.title).join(words.comma);
      if (!names || (await ask(words.throw_away, filled(words.thrown, names), words.without_signing)))
        send(null);
    });
    finish.addEventListener("click", () => send(draft.signing));
    bar.append(missing, finish);
    const others = make("div", "field-others");
    others.append(back, without);
    place.replaceChildren(fallen, shown(summary, form, made, digest), block, others, bar);
    scrollTo(0, 0);
    changed();
    return leave;

    async function send(signing) {
      finish.disabled = without.disabled = true;
      const before = draft.signing;
      draft.signing = signing;
      const key = crypto.randomUUID();
      try {
        await over(); // what is being saved now must not come back after it was sealed
        await store.enqueue(draft, key, bodyOf(draft, form, key, signing));
      } catch {
        draft.signing = before;
        over(false);
        without.disabled = false;
        finish.disabled = Boolean(lacks());
        say(words.storage_full, "error");
        return;
      }
      location.replace("#waiting"); // Back leads to no signatures of what is finished
    }
  }
  function bodyOf(draft, form, key, signing) {
    const lists = form.lists.map((each) => `${each.kind}:${each.number}`).join(" ");
    const given = signing && {
      summary: signing.summary,
      sha256: signing.sha256,
      signatures: signing.signatures.map(({ strokes, ...each }) =>
        each.refused ? { ...each, picture: "" } : each,
      ),
    };
    return JSON.stringify({
      key,
      enterprise: draft.enterprise,
      begun_at: draft.begun_at,
      fields: { ...draft.fields, lists: [lists], former: [draft.former] },
      photos: draft.photos.map(({ code, name, sha256: digest }) => ({ code, name, sha256: digest })),
      signing: given,
    });
  }
  field.signing = { show, signed, canonical, sha256, summaryOf };
})();
