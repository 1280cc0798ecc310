"""Ways of looking at a finished page: by the rules of WCAG 2.2 AA, with long words, with large text, on a narrow screen."""

import re
from pathlib import Path

import polib
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent.parent
TABLER = ROOT / "node_modules/@tabler/core/dist/css/tabler.min.css"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LONG = "W" * 150

_RUN = """
async (tags) => {
  const found = await axe.run(document, {
    runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], rules: {"target-size": {enabled: true}},
  });
  return found.violations.flatMap((each) => each.nodes.map((node) =>
    `${each.id}: ${node.target.join(" ")} ${node.any.concat(node.all, node.none).map((one) => one.message).join("; ")}`
      .slice(0, 400)));
}
"""

# What is wider than the page, unless a box of its own scrolls it.
_WIDE = """
() => {
  const found = [];
  const box = document.scrollingElement;
  if (box.scrollWidth <= innerWidth) return found;
  const wide = [...document.querySelectorAll("body *")].filter((each) => {
    for (let up = each; up; up = up.parentElement) {
      const flow = getComputedStyle(up);
      if (up !== each && up.scrollWidth > up.clientWidth && /auto|scroll|hidden/.test(flow.overflowX)) return false;
      if (flow.position === "fixed") return false;
    }
    return each.getBoundingClientRect().right > innerWidth + 1;
  });
  const name = (each) => `${each.tagName.toLowerCase()}.${[...each.classList].join(".")}`;
  found.push(`${box.scrollWidth} px wide at ${innerWidth}: ${wide.slice(-3).map((each) =>
    `${name(each.parentElement)} > ${name(each)} ${each.textContent.trim().slice(0, 30)}`).join(" | ")}`);
  return found;
}
"""

# Words that lie on each other, stick out of their card or cell, or are cut off without a sign.
_CLASHES = """
() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const lines = [];
  const name = (each) => `${each.tagName.toLowerCase()}.${[...each.classList].join(".")}`;
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const at = node.parentElement;
    if (!node.textContent.trim() || at.closest("script, style, option, noscript, svg, .visually-hidden, .toasts")) continue;
    if (!at.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let fixed = false, hidden = false, scrolls = false;
    const boxes = [];
    for (let up = at; up; up = up.parentElement) {
      const flow = getComputedStyle(up);
      if (/fixed|sticky/.test(flow.position)) fixed = true;
      if (flow.clipPath !== "none" || (up.clientWidth <= 1 && up.clientHeight <= 1 && flow.overflow === "hidden")) hidden = true;
      if (/auto|scroll/.test(flow.overflowX + flow.overflowY) && up !== document.documentElement) scrolls = true;
      if (flow.overflowX !== "visible") boxes.push(up.getBoundingClientRect());
      if (flow.textOverflow === "ellipsis" || flow.webkitLineClamp !== "none") scrolls = true;
    }
    if (hidden) continue;
    for (const whole of range.getClientRects()) {
      const rect = {left: whole.left, right: whole.right, top: whole.top, bottom: whole.bottom};
      for (const box of scrolls ? boxes : []) {
        rect.left = Math.max(rect.left, box.left), rect.right = Math.min(rect.right, box.right);
        rect.top = Math.max(rect.top, box.top), rect.bottom = Math.min(rect.bottom, box.bottom);
      }
      rect.width = rect.right - rect.left, rect.height = rect.bottom - rect.top;
      if (rect.width < 2 || rect.height < 2) continue;
      lines.push({rect, at, fixed, text: node.textContent.trim().slice(0, 24)});
      if (!scrolls) {
        for (let up = at; up && up !== document.body; up = up.parentElement) {
          const flow = getComputedStyle(up);
          const own = up.getBoundingClientRect();
          if (/hidden|clip/.test(flow.overflowX) && (rect.right > own.right + 2 || rect.bottom > own.bottom + rect.height / 2)) {
            found.push(`cut off: ${name(up)}: ${node.textContent.trim().slice(0, 24)}`);
            break;
          }
          if (/card|modal-content|offcanvas|btn|badge|chip/.test(up.className) || /TD|TH|BUTTON/.test(up.tagName)) {
            if (own.width && flow.display !== "inline" && rect.right > own.right + 2)
              found.push(`sticks out of ${name(up)}: ${node.textContent.trim().slice(0, 24)}`);
            break;
          }
        }
      }
    }
  }
  for (let one = 0; one < lines.length; one++) {
    for (let two = one + 1; two < lines.length; two++) {
      const a = lines[one], b = lines[two];
      if (a.fixed !== b.fixed || a.at === b.at || a.at.contains(b.at) || b.at.contains(a.at)) continue;
      const wide = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
      const high = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top);
      if (wide > 4 && high > 0.45 * Math.min(a.rect.height, b.rect.height))
        found.push(`lie on each other: “${a.text}” ${name(a.at)} and “${b.text}” ${name(b.at)}`);
    }
  }
  return [...new Set(found)].slice(0, 8);
}
"""

# Puts one long word in the place of everything a person typed: text that no message of ours gives.
_LENGTHEN = """
([texts, patterns, long]) => {
  const ours = new Set(texts);
  const known = patterns.map((each) => new RegExp(each, "s"));
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walk.nextNode()) nodes.push(walk.currentNode);
  for (const node of nodes) {
    const text = node.textContent.trim();
    if (!text || node.parentElement.closest("script, style, svg, noscript, .visually-hidden, .brand, .segmented")) continue;
    if (!/[\\p{L}]/u.test(text) || ours.has(text) || known.some((each) => each.test(text))) continue;
    node.textContent = long;
  }
}
"""

# Selectors of the whole sheet of Tabler that front/build.mjs took for unused.
_PURGED = r"""
([whole, kept]) => {
  function* rules(list) {
    for (const rule of list) {
      if (rule.selectorText) yield rule.selectorText;
      if (rule.cssRules) yield* rules(rule.cssRules);
    }
  }
  const parts = (text) => text.split(/,(?![^(]*\))/).map((each) => each.trim());
  const all = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return new Set([...rules(sheet.cssRules)].flatMap(parts));
  };
  const known = all(kept);
  return [...all(whole)].filter((each) => !known.has(each) && each !== ":host");
}
"""

# Those of the selectors that match something here.
_MATCHING = r"""
(selectors) => selectors.filter((each) => {
  const plain = each.replace(/::?(?!not|is|where|has)[a-z-]+(\([^)]*\))?/g, "") || "*";
  try {
    return document.querySelector(plain);
  } catch {
    return false; // what is left of a selector after its states are taken away may be none
  }
}).slice(0, 8)
"""

# WCAG 1.4.12: what a person may set without losing content or function.
_SPACING = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*:not(i) { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
    + " p { margin-bottom: 2em !important; }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}
"""


def axe(page: Page) -> list[str]:
    """Breaches of WCAG 2.2 AA that axe-core finds on the page as it stands, in the theme it has."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(_RUN, TAGS)


def wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return page.evaluate(_WIDE)


def clashes(page: Page) -> list[str]:
    """Words that lie on each other, stick out of their box, or are cut off."""
    return page.evaluate(_CLASHES)


_purged: dict[str, list[str]] = {}


def unstyled(page: Page) -> list[str]:
    """Selectors of Tabler that match something on the page and are missing in the sheet that is served."""
    name = "phone.css" if page.locator("link[href*='front/phone.']").count() else "tabler.css"
    if name not in _purged:
        sheets = [path.read_text(encoding="utf-8") for path in (TABLER, ROOT / "front/built" / name)]
        _purged[name] = page.evaluate(_PURGED, sheets)
    return page.evaluate(_MATCHING, _purged[name])


def our_words() -> tuple[list[str], list[str]]:
    """All messages of ours in both languages: texts, and patterns of those with placeholders."""
    texts = {
        text
        for entry in polib.mofile(str(CATALOGUE))
        for text in (entry.msgid, entry.msgid_plural, entry.msgstr, *entry.msgstr_plural.values())
        if text
    }
    patterns = {text for text in texts if "%" in text}
    inside = re.compile(r"%\\?\(\w+\\?\)[sd]|%[sd]|%%")
    return sorted(texts - patterns), [
        f"^{inside.sub('.{0,12}', re.escape(text))}$" for text in sorted(patterns)
    ]


def lengthen(page: Page, ours: tuple[list[str], list[str]]) -> None:
    """Replace everything typed by people with 150 letters without a break."""
    page.evaluate(_LENGTHEN, [*ours, LONG])


def enlarge(page: Page, percent: int) -> None:
    """Show text at so many per cent, as a browser's setting of the font size does."""
    page.evaluate("(size) => { document.documentElement.style.fontSize = size }", f"{percent}%")


def space_out(page: Page) -> None:
    """Set the distances between lines, letters and words that WCAG 1.4.12 allows people to set."""
    page.evaluate(_SPACING)


def in_theme(page: Page, name: str) -> None:
    page.evaluate("(name) => document.documentElement.setAttribute('data-bs-theme', name)", name)


def named(what: str, found: list[str]) -> list[str]:
    return [f"{what}: {each}" for each in found]


def closely(
    page: Page,
    ours: tuple[list[str], list[str]],
    themes: tuple[str, ...] = ("light", "dark"),
    sizes: tuple[int, ...] = (130, 200),
) -> list[str]:
    """Everything that is looked at here, with text at these ``sizes`` in per cent. The page is spoilt afterwards."""
    found = named("style", unstyled(page)) + seen_in(page, themes)
    for percent in sizes:
        enlarge(page, percent)
        found += named(f"text at {percent} %", wide(page) + clashes(page))
    enlarge(page, 100)
    size = page.viewport_size
    assert size is not None
    if size["width"] < 400:
        page.set_viewport_size({"width": 320, "height": size["height"]})
        found += named("320 px", wide(page) + clashes(page))
        page.set_viewport_size(size)
    lengthen(page, ours)
    found += named("long words", wide(page) + clashes(page))
    space_out(page)
    return found + named("wide spacing", wide(page) + clashes(page))


def seen_in(page: Page, themes: tuple[str, ...]) -> list[str]:
    """What axe-core finds in these themes."""
    found = []
    for name in themes:
        in_theme(page, name)
        found += named(name, axe(page))
    return found
