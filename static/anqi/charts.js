// Draws <figure data-chart data-source>: ECharts is fetched only when a page has a chart; every chart has its
// table.
(() => {
  "use strict";
  const library = document.currentScript.dataset.echarts;
  const words = () => window.anqi?.words || {};
  const colours = ["green", "yellow", "red", "grey"];
  const drawn = new Set();
  let loading = null;

  function echarts() {
    if (window.echarts) return Promise.resolve(window.echarts);
    loading =
      loading ||
      new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = library;
        script.onload = () => resolve(window.echarts);
        script.onerror = () => {
          loading = null;
          reject(new Error("echarts"));
        };
        document.head.append(script);
      });
    return loading;
  }
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  function palette() {
    return {
      green: token("green"),
      yellow: token("yellow"),
      red: token("red"),
      grey: token("grey-fill"),
      ink: token("ink"),
      quiet: token("quiet"),
      line: token("line"),
      card: token("card"),
      accent: document.documentElement.dataset.bsTheme === "dark" ? "#6fa3e0" : token("accent"),
    };
  }
  const number = (value) =>
    value == null ? "–" : Number(value).toLocaleString("en", { maximumFractionDigits: 1 });

  // --- options per kind ------------------------------------------------------------------------------------
  function base(p) {
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: p.ink },
      // richText: a tooltip of HTML would carry inline styles, which the content security policy refuses
      tooltip: {
        renderMode: "richText",
        backgroundColor: p.card,
        borderColor: p.line,
        textStyle: { color: p.ink, fontSize: 13 },
      },
    };
  }
  const kinds = {
    sankey(data, p) {
      const sum = (side, colour) =>
        data.links.reduce((total, link) => total + (link[side] === colour ? link[2] : 0), 0);
      const nodes = [];
      for (const colour of colours) {
        for (const side of [0, 1]) {
          const total = sum(side, colour);
          if (total)
            nodes.push({
              name: side + colour,
              value: total,
              itemStyle: { color: p[colour], borderWidth: 0 },
              label: { position: side ? "right" : "left" },
            });
        }
      }
      const name = (key) => words()[key.slice(1)];
      const margin =
        16 +
        6.8 *
          Math.max(
            ...nodes.map(
              (node) =>
                name(node.name).length * (/\P{ASCII}/u.test(name(node.name)) ? 1.7 : 0.95) +
                number(node.value).length,
            ),
          );
      return {
        ...base(p),
        tooltip: {
          ...base(p).tooltip,
          formatter: (at) =>
            at.dataType === "edge"
              ? `${name(at.data.source)} → ${name(at.data.target)}  ${number(at.data.value)}`
              : `${name(at.name)}  ${number(at.value)}`,
        },
        series: [
          {
            type: "sankey",
            left: margin,
            right: margin,
            top: 8,
            bottom: 8,
            nodeWidth: 14,
            nodeGap: 14,
            draggable: false,
            layoutIterations: 0,
            emphasis: { focus: "adjacency" },
            lineStyle: { color: "source", opacity: 0.26, curveness: 0.5 },
            label: { fontSize: 13, color: p.ink, formatter: (at) => `${name(at.name)} ${number(at.value)}` },
            data: nodes,
            links: data.links
              .filter((link) => link[2])
              .map(([from, to, value]) => ({ source: `0${from}`, target: `1${to}`, value })),
          },
        ],
      };
    },
    line(data, p) {
      const bands = data.bands;
      const area = (from, to, colour) => [
        { yAxis: from, itemStyle: { color: p[colour], opacity: 0.1 } },
        { yAxis: to },
      ];
      const low = data.min ?? null,
        high = data.max ?? null;
      return {
        ...base(p),
        grid: { left: 6, right: 26, top: data.series.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
        legend:
          data.series.length > 1
            ? { top: 0, left: 0, icon: "circle", itemWidth: 9, textStyle: { color: p.ink } }
            : undefined,
        tooltip: { ...base(p).tooltip, trigger: "axis", valueFormatter: number },
        xAxis: {
          type: "category",
          data: data.x,
          boundaryGap: false,
          axisLine: { lineStyle: { color: p.line } },
          axisTick: { show: false },
          axisLabel: { color: p.quiet, hideOverlap: true },
        },
        yAxis: {
          type: "value",
          min: low,
          max: high,
          scale: low == null,
          splitLine: { lineStyle: { color: p.line } },
          axisLabel: { color: p.quiet },
        },
        series: data.series.map((series, index) => ({
          type: "line",
          name: series.name,
          data: series.values,
          connectNulls: false,
          symbolSize: 7,
          symbol: ["circle", "diamond", "triangle", "emptyCircle"][index % 4],
          lineStyle: { width: 2.5 },
          color: series.colour ? p[series.colour] : index ? p.quiet : p.accent,
          markArea:
            bands && !index
              ? {
                  silent: true,
                  data: [
                    area(low ?? 0, bands.yellow, "red"),
                    area(bands.yellow, bands.green, "yellow"),
                    area(bands.green, high ?? 100, "green"),
                  ],
                }
              : undefined,
        })),
      };
    },
  };

  // --- the same figures as a table -------------------------------------------------------------------------
  const rowsOf = {
    sankey: (data) => [
      [data.from || words().from, data.to || words().to, words().count],
      ...data.links
        .filter((link) => link[2])
        .map((link) => [words()[link[0]], words()[link[1]], number(link[2])]),
    ],
    bars: (data) => [
      ["", data.unit || words().count],
      ...data.items.map((item) => [item.label, number(item.value)]),
    ],
    line: (data) => [
      ["", ...data.series.map((series) => series.name)],
      ...data.x.map((x, index) => [x, ...data.series.map((series) => number(series.values[index]))]),
    ],
    split: (data) => [
      ["", ...colours.map((colour) => words()[colour])],
      ...data.items.map((item) => [item.label, ...colours.map((colour) => number(item[colour] || 0))]),
    ],
  };
  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text != null) made.textContent = text;
    return made;
  }
  function tableOf(kind, data) {
    const [head, ...rows] = rowsOf[kind](data);
    const table = element("table", "table table-sm");
    const headRow = table.createTHead().insertRow();
    head.forEach((text, index) => {
      const cell = element(
        "th",
        index && index >= head.length - (kind === "sankey" ? 1 : head.length - 1) ? "num" : "",
        text,
      );
      cell.scope = "col";
      headRow.append(cell);
    });
    const body = table.createTBody();
    rows.forEach((row) => {
      const line = body.insertRow();
      const figuresFrom = row.length - (kind === "sankey" ? 1 : row.length - 1);
      for (const [index, text] of row.entries()) {
        line.append(element("td", index && index >= figuresFrom ? "num" : "", text));
      }
    });
    return table;
  }
  function splitRows(data) {
    const box = element("div", "chart-rows");
    for (const item of data.items) {
      const row = element("div", "chart-row");
      const label = element(item.url ? "a" : "span", "text-truncate", item.label);
      if (item.url) label.href = item.url;
      const strip = element("div", "chart-row-bar");
      const total = colours.reduce((sum, colour) => sum + (item[colour] || 0), 0);
      colours
        .filter((colour) => item[colour])
        .forEach((colour) => {
          const part = element("span", `back-${colour}`);
          part.style.flex = String(item[colour]);
          part.title = `${words()[colour]} ${number(item[colour])}`;
          strip.append(part);
        });
      row.append(label, strip, element("span", "num quiet", number(total)));
      box.append(row);
    }
    return box;
  }

  function rankedRows(data) {
    const box = element("div");
    const top = Math.max(...data.items.map((item) => Number(item.value) || 0), 0) || 1;
    for (const item of data.items) {
      const row = element("div", "ranked");
      const label = element(item.url ? "a" : "span", "", item.label);
      if (item.url) label.href = item.url;
      const strip = element("div", "chart-row-bar");
      const part = element("span", item.colour ? `back-${item.colour}` : "back-accent");
      part.style.width = `${(Math.max(0, item.value) / top) * 100}%`;
      strip.append(part);
      row.append(label, strip, element("b", "num", number(item.value)));
      box.append(row);
    }
    return box;
  }

  function draw(figure) {
    if (figure.dataset.drawn) return;
    figure.dataset.drawn = "1";
    const source = document.getElementById(figure.dataset.source);
    const kind = figure.dataset.chart;
    const data = source ? JSON.parse(source.textContent) : null;
    const some =
      data &&
      (data.links?.some((link) => link[2]) ||
        data.items?.length ||
        data.series?.some((series) => series.values.some((value) => value != null)));
    if (!some) {
      figure.append(element("div", "empty-note quiet", words().no_figures));
      return;
    }
    const table = tableOf(kind, data);
    table.hidden = true;
    const toggle = element("button", "chart-toggle d-print-none", words().show_table);
    toggle.type = "button";
    toggle.setAttribute("aria-expanded", "false");
    toggle.addEventListener("click", () => {
      table.hidden = !table.hidden;
      toggle.textContent = table.hidden ? words().show_table : words().hide_table;
      toggle.setAttribute("aria-expanded", String(!table.hidden));
    });
    if (kind === "split") {
      figure.append(splitRows(data), toggle, table);
      return;
    }
    if (kind === "bars") {
      figure.append(rankedRows(data));
      return;
    } // shows its figures already
    const canvas = element("div", "chart-canvas");
    canvas.setAttribute("aria-hidden", "true");
    figure.append(canvas, toggle, table);
    echarts()
      .then((library_) => {
        const chart = library_.init(canvas, null, { renderer: "canvas" });
        const paint = () => chart.setOption(kinds[kind](data, palette()), true);
        paint();
        const watch = new ResizeObserver(() => chart.resize());
        watch.observe(canvas);
        drawn.add({ figure, chart, paint, watch });
      })
      .catch(() => {
        canvas.remove();
        table.hidden = false;
        toggle.replaceWith(element("p", "quiet", words().chart_failed));
      });
  }
  function sweep() {
    // charts swapped out by htmx are let go
    for (const each of drawn)
      if (!each.figure.isConnected) {
        each.watch.disconnect();
        each.chart.dispose();
        drawn.delete(each);
      }
  }
  const drawAll = (within) => within.querySelectorAll("[data-chart]").forEach(draw);
  document.addEventListener("anqi:theme", () => {
    for (const each of drawn.values()) each.paint();
  });
  document.addEventListener("htmx:load", (event) => {
    sweep();
    if (event.target.matches?.("[data-chart]")) draw(event.target);
    drawAll(event.target);
  });
  window.addEventListener("beforeprint", () => {
    for (const each of drawn.values()) each.chart.resize();
  });
  drawAll(document);
})();
