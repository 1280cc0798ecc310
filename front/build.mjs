// Tabler's style sheet without what no page uses (phone.css: what the phone's page does not use), and its icon font with the
// icons that are named: front/built/.
// Run by `make install` and by the Dockerfile. `tests/browser/looking.py` holds the result against the whole sheet.
import { readdir, readFile, mkdir, writeFile } from "node:fs/promises";
import { join, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";
import subsetFont from "subset-font";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const built = join(root, "front", "built");
const packages = join(root, "node_modules");
const left = new Set(["node_modules", "tests", "staticfiles", "docs", "benchmarks", "locale", "front"]);

// What the templates of packages (crispy-bootstrap5, Django's widgets) and Tabler's script write into a page, and what our
// templates put together.
const safelist = {
  standard: ["optgroup", /^fs-\d$/, /^bg-[a-z]+-lt$/, /^(is|was)-/, /^(form|input|invalid|valid|modal|dropdown|collaps|offcanvas|tooltip|fade|show)/],
};

async function* sources(folder, top = true) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith(".") || (top && left.has(entry.name))) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sources(path, false);
    else if (/\.(html|py|js)$/.test(entry.name)) yield path;
  }
}

async function styles(name, texts) {
  const whole = await readFile(join(packages, "@tabler/core/dist/css/tabler.min.css"), "utf8");
  const [made] = await new PurgeCSS().purge({
    css: [{ raw: whole }],
    // Django's widgets and scripts set attributes that no source of ours names; few rules depend on them.
    dynamicAttributes: [...new Set([...whole.matchAll(/\[([a-z-]+)/g)].map((each) => each[1]))],
    content: texts.map((raw) => ({ raw, extension: "html" })),
    defaultExtractor: (text) => text.match(/[A-Za-z0-9_-]+/g) || [],
    safelist,
  });
  // The map lies beside the whole sheet only.
  await writeFile(join(built, name), made.css.replace(/\/\*# sourceMappingURL=.*?\*\//g, ""));
}

// Words of ours that are also names of icons which nothing shows.
const words = new Set(
  `alt api apps article at badge badges binary blur bold capture cell checkbox click command components connection
  csv decimal delta details disabled fence filters focus forms html id jpg json lane language line location logs memory
  navigation network notification number numbers old package packages password pick placeholder png pointer pool power
  presentation quotes radio registered replace report run schema script section separator shape share sum table tabs target
  template ticket timezone track transfer triangle vault versions weight writing`.split(/\s+/),
);

async function icons(texts) {
  const folder = join(packages, "@tabler/icons-webfont/dist");
  const whole = await readFile(join(folder, "tabler-icons.css"), "utf8");
  const codes = new Map([...whole.matchAll(/\.ti-([a-z0-9-]+):before\s*\{\s*content:\s*"\\([0-9a-f]+)"/g)].map((each) => [each[1], each[2]]));
  // A name in quotes, in {% icon %} or in a class. Each costs 80 bytes.
  const named = new Set(texts.flatMap((text) => [...text.matchAll(/["']([a-z0-9-]+)["']|\bti-([a-z0-9-]+)/g)].map((each) => each[1] || each[2])));
  const used = [...codes].filter(([name]) => named.has(name) && !words.has(name)).sort();
  const letters = used.map(([, code]) => String.fromCodePoint(Number.parseInt(code, 16))).join("");
  const font = await subsetFont(await readFile(join(folder, "fonts/tabler-icons.ttf")), letters, { targetFormat: "woff2" });
  const base = whole.match(/\.ti \{[^}]*\}/)[0].replace(/\s*\/\*.*?\*\//g, "");
  const rules = used.map(([name, code]) => `.ti-${name}:before{content:"\\${code}"}`);
  const face = '@font-face{font-family:"tabler-icons";font-style:normal;font-weight:400;font-display:block;src:url("icons.woff2") format("woff2")}';
  await writeFile(join(built, "icons.woff2"), font);
  await writeFile(join(built, "icons.css"), [face, base, ...rules, ""].join("\n"));
}

await mkdir(built, { recursive: true });
// What a phone keeps below /field/ is drawn by these alone: its form is made of the parts of the page's.
const ofThePhone = /(templates\/(field|inspections\/_|bootstrap5)|static\/anqi\/(field|checking|theme)[a-z-]*\.js|(foundation|inspections)\/field)/;
const texts = [];
const phone = [];
for await (const path of sources(root)) {
  const text = await readFile(path, "utf8");
  texts.push(text);
  if (ofThePhone.test(path)) phone.push(text);
}
texts.push(await readFile(join(packages, "@tabler/core/dist/js/tabler.min.js"), "utf8"));
await Promise.all([styles("tabler.css", texts), styles("phone.css", phone), icons(texts)]);
