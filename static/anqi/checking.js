// Answering a checklist: counts what is answered, folds it, jumps to what is not, passes the rest of a section.
// Without it the page is a plain form.
(() => {
  "use strict";
  const begun = new WeakSet();
  // the page of a refused form takes the place of this one without scripts of its own
  document.addEventListener("htmx:load", begin);
  begin();
  function begin() {
    const form = document.querySelector("[data-checking]");
    if (!form || begun.has(form)) return;
    begun.add(form);
    answering(form);
  }
  function answering(form) {
    const all = (selector, within) => Array.from((within || form).querySelectorAll(selector));
    const one = (selector, within) => (within || form).querySelector(selector);
    const items = all("[data-item]");
    const UNDONE_MS = 10_000;
    const answerOf = (item) => one("input[type=radio]:checked", item)?.value || "";
    const wordsOf = (item) =>
      one("input[type=radio]:checked", item)?.closest("label").textContent.trim() || "";
    const smooth = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";

    function show(item) {
      const answer = answerOf(item);
      item.dataset.answer = answer;
      one("[data-said]", item).textContent = answer ? wordsOf(item) : "";
    }
    function fold(item, folded) {
      item.classList.toggle("is-folded", folded);
      one("[data-open]", item).setAttribute("aria-expanded", String(!folded));
    }
    function count() {
      const left = items.filter((item) => !answerOf(item));
      const done = items.length - left.length;
      one("[data-done]").style.inlineSize = `${(100 * done) / Math.max(items.length, 1)}%`;
      one("[data-count]").textContent = `${done} / ${items.length}`;
      one("[data-left]").textContent = String(left.length);
      one("[data-next]").hidden = !left.length;
      one("[data-record]").classList.toggle("btn-primary", !left.length);
      for (const section of all("[data-section]")) {
        const here = all("[data-item]", section);
        const answered = here.filter(answerOf).length;
        const tab = one(`[data-tab="${section.id}"]`);
        one("[data-tab-count]", tab).textContent = `${answered} / ${here.length}`;
        tab.classList.toggle("is-done", answered === here.length);
        const pass = one("[data-pass-all]", section);
        if (!pass.undo) pass.hidden = answered === here.length;
      }
      summarise(left);
    }
    // the conclusion as the server draws it (conclusion_of): what is shown is what is going to be recorded
    function summarise(left) {
      one("[data-figures]").hidden = false;
      const failed = items.filter((item) => answerOf(item) === "fail");
      for (const figure of all("[data-figure]")) {
        const kind = figure.dataset.figure;
        figure.textContent = String(
          kind === "left" ? left.length : items.filter((item) => answerOf(item) === kind).length,
        );
      }
      one("[data-found]").replaceChildren(
        ...failed.map((item) => {
          const line = document.createElement("li");
          const link = document.createElement("a");
          link.href = `#${one("[data-open]", item).id}`;
          link.textContent = one(".check-becomes b", item).textContent;
          link.addEventListener("click", (event) => {
            event.preventDefault();
            go(item);
          });
          const due = document.createElement("span");
          due.className = "quiet";
          due.textContent = one("[data-spot]", item).checked
            ? one("[data-spot]", item).closest("label").textContent.trim()
            : one("[data-due]", item).value;
          line.append(link, due);
          return line;
        }),
      );
      const verdict = one("[data-verdict]");
      const isOpen = left.some((item) => "critical" in item.dataset);
      const kind = failed.some((item) => one("[data-major]", item).checked)
        ? "unqualified"
        : failed.some((item) => !one("[data-spot]", item).checked) ||
            one("input[value=send_back]:checked, input[value=still]:checked")
          ? "rectify"
          : isOpen
            ? "open"
            : "qualified";
      verdict.hidden = left.length === items.length;
      verdict.dataset.kind = kind;
      one("[data-verdict-words]", verdict).textContent = verdict.dataset[kind];
      beware(left.length < items.length ? one("[name=conclusion]")?.value || kind : "");
      const reason = one("[data-left-reason]");
      if (reason)
        reason.hidden = !isOpen && !one("textarea", reason).value && !one(".invalid-feedback", reason);
    }
    // hazards of before that do not fit what is said: named before it is recorded or signed, and no more
    function beware(conclusion) {
      const before = all("[data-again]");
      const actOf = (row) => one("input[type=radio]:checked", row)?.value || "";
      const passed = new Set(
        items.filter((item) => answerOf(item) === "pass").map((item) => item.dataset.code),
      );
      const odd = {
        left: conclusion === "qualified" ? before.filter((row) => !actOf(row)) : [],
        passed: before.filter((row) => passed.has(row.dataset.again) && actOf(row) !== "close"),
      };
      for (const box of all("[data-beware]")) {
        const rows = odd[box.dataset.beware];
        box.hidden = !rows.length;
        one("ul", box).replaceChildren(
          ...rows.map((row) => {
            const line = document.createElement("li");
            line.textContent = one("legend span", row).textContent.trim();
            return line;
          }),
        );
      }
    }
    function go(item) {
      fold(item, false);
      item.scrollIntoView({ block: "center", behavior: smooth });
      one("input[type=radio]", item)?.focus({ preventScroll: true });
    }
    function chosen(item) {
      show(item);
      const answer = answerOf(item);
      if (answer && answer !== "fail") fold(item, true);
      count();
    }

    function settle(item) {
      const answer = answerOf(item);
      show(item);
      fold(item, Boolean(answer) && answer !== "fail" && !item.classList.contains("has-fault"));
    }

    one("#again")?.addEventListener("change", count);
    for (const [number, item] of items.entries()) {
      const open = one("[data-open]", item);
      open.id = `item-${number + 1}`;
      open.addEventListener("click", () => fold(item, !item.classList.contains("is-folded")));
      settle(item);
      // a click, not the arrow keys, which only pass an answer by
      for (const radio of all("input[type=radio]", item)) {
        radio.addEventListener("change", (event) => {
          show(item);
          // what was kept on this device is put back by a script
          if (!event.isTrusted && answerOf(item) !== "fail") fold(item, true);
          count();
        });
        radio.addEventListener("click", (event) => event.detail && chosen(item));
      }
      const due = one("[data-due]", item);
      one("[data-major]", item).addEventListener("change", (event) => {
        const [before, after] = event.target.checked
          ? [due.dataset.due, due.dataset.dueMajor]
          : [due.dataset.dueMajor, due.dataset.due];
        if (due.value === before) due.value = after;
        count();
      });
      one("[data-spot]", item).addEventListener("change", count);
      due.addEventListener("change", count);
    }
    // Back puts what was answered into the fields after this has run, without an event.
    addEventListener("pageshow", () => {
      items.forEach(settle);
      count();
    });
    for (const section of all("[data-section]")) {
      const pass = one("[data-pass-all]", section);
      const label = one("span", pass);
      const words = label.textContent;
      const reset = () => {
        clearTimeout(pass.timer);
        pass.undo = null;
        label.textContent = words;
        count();
      };
      pass.addEventListener("click", () => {
        if (pass.undo) {
          for (const item of pass.undo) {
            one("input[type=radio]:checked", item).checked = false;
            show(item);
            fold(item, false);
          }
          form.dispatchEvent(new Event("input", { bubbles: true }));
          return reset();
        }
        // what a search hides was not looked at
        pass.undo = all("[data-item]", section).filter((item) => !answerOf(item) && !item.hidden);
        for (const item of pass.undo) {
          const radio = one("input[value=pass]", item);
          radio.checked = true;
          radio.dispatchEvent(new Event("input", { bubbles: true }));
          chosen(item);
        }
        label.textContent = pass.dataset.undo;
        pass.timer = setTimeout(reset, UNDONE_MS);
        return count();
      });
    }
    one("[data-next]").addEventListener("click", () => {
      const bar = one("[data-top]").getBoundingClientRect().bottom;
      const left = items.filter((item) => !answerOf(item) && !item.hidden);
      const below = left.find((item) => item.getBoundingClientRect().top > bar + 8);
      if (left.length)
        go(below && below !== document.activeElement?.closest("[data-item]") ? below : left[0]);
    });
    one("[data-search]").addEventListener("input", (event) => {
      const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const item of items) {
        const text = `${item.dataset.code} ${item.textContent}`.toLowerCase();
        item.hidden = !words.every((word) => text.includes(word));
        found += item.hidden ? 0 : 1;
      }
      one("[data-none]").hidden = found > 0;
    });
    one("[data-search]").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // it would send the form
      const first = items.find((item) => !item.hidden);
      if (first) go(first);
    });
    // what was kept on this device comes back after this script ran
    form.addEventListener("input", (event) => {
      const item = event.target.closest?.("[data-item]");
      if (item) show(item);
      count();
    });
    count();
  }
})();
