"use strict";
/* Draws the page from the two objects in #data. Text reaches the page through text nodes alone. */
const { report: R, trace: T } = JSON.parse(document.getElementById("data").textContent);
const COLOURS = ["#4f7cac", "#d39a4a", "#6b9f71", "#b0637a", "#7f74b2", "#4fa3a5", "#b9774a", "#8b8f98"];
const colour = i => COLOURS[((i % COLOURS.length) + COLOURS.length) % COLOURS.length];
const page = document.getElementById("page");

/* --- making elements and texts --- */
function fill(node, attributes, kids) {
  for (const [key, value] of Object.entries(attributes || {}))
    if (key.startsWith("on")) node[key] = value;
    else if (value !== undefined && value !== null) node.setAttribute(key, value);
  for (const kid of kids.flat(9)) if (kid !== null && kid !== undefined) node.append(kid);
  return node;
}
const el = (tag, attributes, ...kids) => fill(document.createElement(tag), attributes, kids);
const draw = (tag, attributes, ...kids) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, kids);
const UNITS = {
  s: [[86400, "days"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]],
  J: [[1, "J"], [1e-3, "mJ"], [1e-6, "µJ"], [1e-9, "nJ"], [1e-12, "pJ"]],
  W: [[1, "W"], [1e-3, "mW"], [1e-6, "µW"], [1e-9, "nW"]],
  B: [[1048576, "MiB"], [1024, "KiB"], [1, "B"]],
  Hz: [[1e9, "GHz"], [1e6, "MHz"], [1e3, "kHz"], [1, "Hz"]],
  n: [[1e9, "G"], [1e6, "M"], [1, ""]],
  days: [[365.25, "years"], [1, "days"], [1 / 24, "hours"]],
};
function split(unit, value) {
  const steps = UNITS[unit], size = Math.abs(value);
  const step = size === 0 ? steps.find(s => s[0] <= 1) : steps.find(s => size >= s[0] * 0.99995) || steps[steps.length - 1];
  const v = value / step[0], a = Math.abs(v);
  const whole = size === 0 || (step[0] === 1 && (unit === "B" || unit === "n") && Number.isInteger(value));
  return [whole ? String(v) : v.toFixed(a >= 999.95 ? 0 : a >= 99.995 ? 1 : a >= 9.9995 ? 2 : 3), step[1]];
}
const show = (unit, value) => split(unit, value).join(" ").trim();
const short = (unit, value) => { const [v, u] = split(unit, value); return +v + " " + u; };
const whole = value => Math.round(value).toLocaleString("en-US");
const percent = part => (100 * part).toFixed(1) + " %";
function get(path) {
  let at = R;
  for (const key of path.split(".")) at = at === null || at === undefined ? undefined : at[key];
  return typeof at === "number" ? at : null;
}
function range(path) {
  const q = (R.quality || {})[path], v = get(path);
  if (!q || !v) return "";
  const d = (q.low / v - 1) * 100, u = (q.high / v - 1) * 100, p = x => +x.toPrecision(2);
  if (d === 0 && u === 0) return q.grade;
  return (Math.abs(d + u) < 0.05 * (u - d) ? "±" + p((u - d) / 2) : p(d) + "/+" + p(u)) + " %, " + q.grade;
}
function section(title, note, ...kids) {
  page.append(el("h2", {}, title, note ? el("small", {}, note) : null), ...kids.flat(9).filter(k => k));
}

/* --- head and headline --- */
function theme(next) {
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = next || (dark ? "dark" : "light");
}
function head() {
  const level = (R.validity || {}).level || "ok", ill = level === "invalid" ? "bad" : level === "ok" ? "good" : "warn";
  const flip = el("button", { title: "light or dark", onclick: () =>
    theme(document.documentElement.dataset.theme === "dark" ? "light" : "dark") }, "light / dark");
  page.append(el("header", {}, el("div", {},
    el("h1", {}, R.scenario || "Run", el("span", { class: "soft" }, " on " + R.board)),
    el("p", { class: "soft" }, R.core + " at " + show("Hz", R.clock_hz) + " · " + show("s", R.simulated_s) +
      " simulated · " + show("n", R.instructions) + " instructions · asleep " +
      percent(R.simulated_s ? R.sleep_s / R.simulated_s : 0) + " · ", el("span", { class: ill }, "validity " + level))),
    flip));
  for (const issue of (R.validity || {}).issues || [])
    page.append(el("p", { class: "issue " + (level === "invalid" ? "bad" : "") }, el("code", {}, issue.code), issue.text));
}
function cards() {
  const box = el("div", { class: "cards" });
  const card = (name, path, unit, scale, more) => {
    const value = get(path);
    if (value === null) return;
    const [digits, symbol] = split(unit, value * scale), q = (R.quality || {})[path];
    box.append(el("div", { class: "card", title: q ? q.source : "" }, el("span", {}, name),
      el("b", {}, digits, el("span", { class: "unit" }, " " + symbol)), el("span", {}, more || range(path) || "\u00a0")));
  };
  card("latency", "inferences.latency_ms.mean", "s", 1e-3);
  card("energy per inference", "inferences.energy_uj.mean", "J", 1e-6);
  card("average power", "energy.average_mw", "W", 1e-3);
  card("battery, " + (get("energy.battery.capacity_mah") || 0) + " mAh", "energy.battery.days", "days", 1);
  card("flash", "memory.flash_bytes", "B", 1, of("memory.flash_bytes", "board_memory.flash_bytes"));
  card("RAM", "memory.ram_bytes", "B", 1, of("memory.ram_bytes", "board_memory.ram_bytes"));
  card("arena", "memory.arena_bytes", "B", 1, of("memory.arena_bytes", "memory.arena_capacity_bytes"));
  card("stack, deepest", "memory.stack_peak_bytes", "B", 1);
  page.append(box);
}
function of(part, all) {
  const a = get(part), b = get(all);
  return b ? percent(a / b) + " of " + show("B", b) : "";
}

/* --- the timeline: lanes that share one view of time --- */
const view = { from: 0, to: T.end_s || 1 }, lanes = [], GUTTER = 58;
const inner = graph => Math.max(50, (graph.clientWidth || 1000) - GUTTER);
/* A horizontal line with its value in the gutter. */
const rule = (y, w, text, height) => [draw("line", { class: "grid", x1: 0, x2: w, y1: y, y2: y }),
  draw("text", { x: -8, y: Math.min(Math.max(y + 4, 8), height - 1), "text-anchor": "end" }, text)];
function ticks(from, to, count) {
  const raw = (to - from) / count, base = Math.pow(10, Math.floor(Math.log10(raw)));
  const step = base * [1, 2, 5, 10].find(m => raw <= m * base * 1.0001), list = [];
  for (let i = Math.ceil(from / step - 1e-9); i * step <= to * (1 + 1e-12) && list.length < 50; i++) list.push(i * step);
  return list;
}
function lane(box, name, height, paint, read) {
  const graph = draw("svg", { height }), value = el("span", { class: "read" });
  const title = name ? el("div", { class: "name" }, el("b", {}, name), value) : null;
  const node = el("div", { class: "lane" }, title, graph);
  const it = { graph, height, paint, read, value, node };
  box.append(node);
  lanes.push(it);
  let start = null;
  const time = event => {
    const r = graph.getBoundingClientRect();
    return view.from + Math.min(1, Math.max(0, (event.clientX - r.left - GUTTER) / inner(graph))) * (view.to - view.from);
  };
  node.onmousemove = event => point(time(event), start);
  node.onmouseleave = () => { point(null); };
  node.onmousedown = event => { start = time(event); event.preventDefault(); };
  node.onmouseup = event => {
    const end = time(event), from = Math.min(start, end), to = Math.max(start, end);
    if (start !== null && to - from > (view.to - view.from) * 0.01) Object.assign(view, { from, to });
    start = null;
    redraw();
  };
  node.ondblclick = () => { Object.assign(view, { from: 0, to: T.end_s }); redraw(); };
}
function point(at, start) {
  for (const l of lanes) {
    const w = inner(l.graph), x = at === null ? -9 : (at - view.from) / (view.to - view.from) * w;
    l.cross.setAttribute("transform", "translate(" + Math.round(x) + ",0)");
    l.cross.style.visibility = at === null ? "hidden" : "visible";
    const s = start === null || start === undefined ? x : (start - view.from) / (view.to - view.from) * w;
    l.brush.setAttribute("x", Math.min(s, x));
    l.brush.setAttribute("width", Math.abs(x - s));
    l.value.textContent = at === null ? l.idle || "" : l.read(at);
  }
}
function redraw() {
  for (const l of lanes) {
    const w = inner(l.graph), x = t => (t - view.from) / (view.to - view.from) * w;
    const clip = "c" + lanes.indexOf(l), body = draw("g", { "clip-path": "url(#" + clip + ")" }), rules = draw("g");
    l.cross = draw("line", { class: "cross", y1: 0, y2: l.height });
    l.brush = draw("rect", { y: 0, height: l.height, width: 0, fill: "var(--fill)" });
    l.graph.replaceChildren(draw("clipPath", { id: clip }, draw("rect", { width: w, height: l.height })),
      draw("g", { transform: "translate(" + GUTTER + ",0)" }, rules, body, l.brush, l.cross));
    l.paint(body, x, w, rules);
    l.value.textContent = l.idle || "";
  }
}
const lowerBound = (list, t, key) => {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(list[middle]) <= t) low = middle + 1; else high = middle;
  }
  return low;
};
function powerLane(box) {
  const p = T.power, n = p.mean.length, top = Math.max(1e-9, ...p.high), H = 118;
  let log = false;
  const bottom = Math.max(1e-6, Math.min(...p.low.filter(v => v > 0), top) / 1.6);
  const y = v => log ? H - Math.max(0, Math.log(Math.max(v, bottom) / bottom) / Math.log(top * 1.15 / bottom)) * H
                     : H - v / (top * 1.06) * H;
  const button = el("button", { onclick: () => { log = !log; button.textContent = log ? "linear" : "logarithmic"; redraw(); } },
    "logarithmic");
  lane(box, "power", H, (g, x, w, rules) => {
    for (const v of log ? [1e-3, 1e-2, 0.1, 1, 10, 100, 1000].filter(u => u > bottom && u < top * 1.1) : ticks(0, top, 3))
      rules.append(...rule(y(v), w, short("W", v / 1e3), H));
    let area = "M" + x(0) + "," + H, band = "", back = "";
    for (let i = 0; i < n; i++) {
      const a = x(i * p.step_s).toFixed(1), b = x((i + 1) * p.step_s).toFixed(1);
      if (b < -5 || a > w + 5) continue;
      area += "L" + a + "," + y(p.mean[i]).toFixed(1) + "L" + b + "," + y(p.mean[i]).toFixed(1);
      if (p.high[i] > p.low[i])
        band += "M" + a + "," + y(p.high[i]).toFixed(1) + "H" + b + "V" + y(p.low[i]).toFixed(1) + "H" + a + "Z";
    }
    g.append(draw("path", { d: band, fill: "var(--accent)", opacity: 0.2 }),
             draw("path", { d: area + "L" + x(n * p.step_s) + "," + H + "Z", fill: "var(--fill)", stroke: "var(--accent)",
                            "stroke-width": 1.2, "stroke-linejoin": "round" }));
  }, t => {
    const i = Math.min(n - 1, Math.max(0, Math.floor(t / p.step_s)));
    return show("s", t) + "   mean " + show("W", p.mean[i] / 1e3) +
      (p.high[i] > p.low[i] ? "   " + show("W", p.low[i] / 1e3) + " … " + show("W", p.high[i] / 1e3) : "");
  });
  return button;
}
function resultAt(t) {
  const i = lowerBound(R.outputs, t, o => o.t_s) - 1;
  return i < 0 ? null : R.outputs[i];
}
function spans() {
  const list = [];
  for (const o of R.outputs) {
    const last = list[list.length - 1];
    if (last && last.index === o.index) continue;
    if (last) last.to = o.t_s;
    list.push({ from: o.t_s, to: T.end_s, index: o.index, label: o.label });
  }
  return list;
}
function bands(g, x, w, height, faint) {
  for (const s of spans()) {
    const a = Math.max(0, x(s.from)), b = Math.min(w, x(s.to));
    if (b <= a) continue;
    g.append(draw("rect", { x: a, width: b - a, y: 0, height, rx: faint ? 0 : 4, fill: colour(s.index),
      style: "opacity:" + (faint ? "var(--band)" : "0.92") }));
    if (!faint && b - a > 7 * s.label.length + 10)
      g.append(draw("text", { class: "on", x: a + 7, y: height / 2 + 4 }, s.label));
  }
}
function resultLane(box) {
  lane(box, "result", 22, (g, x, w) => bands(g, x, w, 22, false), t => {
    const o = resultAt(t);
    if (!o) return "";
    const best = o.scores.length ? Math.max(...o.scores) : null;
    return o.label + (best === null ? "" : "  " + best.toFixed(2)) + "   at " + show("s", o.t_s);
  });
}
function sensorLane(box, s) {
  const H = 92, all = s.points ? s.points.flatMap(p => p.slice(1)) : [...s.low.flat(), ...s.high.flat()].filter(v => v !== null);
  const low = Math.min(...all.length ? bounds(all) : [0]), high = Math.max(...all.length ? bounds(all) : [1]);
  const pad = (high - low) * 0.06 || 1, y = v => H - (v - low + pad) / (high - low + 2 * pad) * H;
  const keys = s.channels.length < 2 ? null : s.channels.map((c, i) =>
    el("span", { style: "font-weight:400;margin-left:12px;color:" + colour(i) }, c));
  lane(box, [s.name + (s.unit ? " (" + s.unit + ")" : ""), keys], H, (g, x, w, rules) => {
    bands(g, x, w, H, true);
    for (const v of ticks(low, high, 3)) rules.append(...rule(y(v), w, +v.toPrecision(4), H));
    for (let c = 0; c < s.channels.length; c++) {
      let d = "";
      if (s.points) {
        for (const p of s.points) d += (d ? "L" : "M") + x(p[0]).toFixed(1) + "," + y(p[c + 1]).toFixed(1);
        g.append(draw("path", { d, fill: "none", stroke: colour(c), "stroke-width": 1.2, "stroke-linejoin": "round" }));
      } else {
        for (let i = 0; i < s.low[c].length; i++)
          if (s.low[c][i] !== null)
            d += "M" + x((i + 0.5) * s.step_s).toFixed(1) + "," + (y(s.high[c][i]) - 0.5).toFixed(1) +
              "V" + (y(s.low[c][i]) + 0.5).toFixed(1);
        g.append(draw("path", { d, fill: "none", stroke: colour(c), opacity: 0.8,
          "stroke-width": Math.max(1, w * s.step_s / (view.to - view.from)).toFixed(2) }));
      }
    }
    for (const t of s.lost) g.append(draw("rect", { x: x(t) - 1, y: H - 5, width: 2, height: 5, fill: "var(--bad)" }));
  }, t => {
    if (s.points) {
      const i = lowerBound(s.points, t, p => p[0]) - 1;
      return i < 0 ? "" : s.channels.map((c, k) => c + " " + s.points[i][k + 1].toPrecision(4)).join("   ");
    }
    const i = Math.min(s.low[0].length - 1, Math.floor(t / s.step_s));
    return s.low[0][i] === null ? "silent" : s.channels.map((c, k) =>
      c + " " + s.low[k][i].toPrecision(3) + " … " + s.high[k][i].toPrecision(3)).join("   ");
  });
}
const bounds = list => list.reduce((a, v) => [Math.min(a[0], v), Math.max(a[1], v)], [Infinity, -Infinity]);
function noteLane(box) {
  const paint = ["var(--soft)", "#7f74b2", "var(--warn)", "var(--bad)"];
  lane(box, "events", 20, (g, x, w) => {
    for (const n of T.notes) {
      const a = Math.min(x(n.from_s), x(T.end_s) - 3), b = Math.max(a + 3, x(n.to_s));
      g.append(draw("rect", { x: a, width: b - a, y: 3, height: 14, rx: 2, fill: paint[n.kind] }, draw("title", {}, n.text)));
    }
  }, t => {
    const near = (view.to - view.from) / 150;
    return T.notes.filter(n => n.from_s - near <= t && t <= n.to_s + near).map(n => n.text).slice(0, 2).join("; ");
  });
}
function memoryLane(box) {
  const H = 46, m = T.memory, top = Math.max(1, ...bounds(m.flatMap(p => [p[1], p[2]])));
  const y = v => H - v / (top * 1.08) * H;
  lane(box, "memory, highest so far", H, (g, x, w, rules) => {
    for (const v of [0, top]) rules.append(...rule(y(v), w, short("B", v), H));
    [[2, "arena"], [1, "stack"]].forEach(([k], c) => {
      let d = "";
      for (const p of m) d += d ? "H" + x(p[0]).toFixed(1) + "V" + y(p[k]).toFixed(1) : "M" + x(p[0]).toFixed(1) + "," + y(p[k]).toFixed(1);
      g.append(draw("path", { d: d + "H" + x(T.end_s), fill: "none", stroke: colour(c), "stroke-width": 1.5 }));
    });
  }, t => {
    const i = lowerBound(m, t, p => p[0]) - 1;
    return i < 0 ? "" : "arena " + show("B", m[i][2]) + "   stack " + show("B", m[i][1]);
  });
}
function axisLane(box) {
  lane(box, "", 18, (g, x, w) => {
    for (const t of ticks(view.from, view.to, 9))
      g.append(draw("line", { class: "grid", x1: x(t), x2: x(t), y1: 0, y2: 5 }),
               x(t) < w - 60 ? draw("text", { x: x(t) + 3, y: 15 }, +t.toPrecision(6) + " s")
                            : draw("text", { x: w, y: 15, "text-anchor": "end" }, +t.toPrecision(6) + " s"));
  }, t => "");
}
function timeline() {
  if (!T.end_s || !T.power.mean.length) return;
  const box = el("div", { class: "panel" });
  section("What happened", "drag to zoom, double-click for all", box);
  const button = powerLane(box);
  if (R.outputs.length) resultLane(box);
  for (const s of T.sensors) if (s.frames) sensorLane(box, s);
  if (T.notes.length) noteLane(box);
  if (T.memory.length > 1) memoryLane(box);
  axisLane(box);
  const labels = [...new Map(R.outputs.map(o => [o.index, o.label])).entries()].sort((a, b) => a[0] - b[0]);
  box.append(el("div", { class: "keys" }, labels.slice(0, 16).map(([i, label]) =>
    el("span", {}, el("i", { style: "background:" + colour(i) }), label)), el("span", { style: "flex:1" }), button));
  redraw();
  addEventListener("resize", redraw);
}

/* --- one inference, layers, functions --- */
const ops = [...new Set(R.layers.map(l => l.op))];
const opColour = op => colour(ops.indexOf(op));
function closeUp() {
  const c = T.close_up;
  if (!c || !c.layers.length) return;
  const graph = draw("svg", { height: 58 }), box = el("div", { class: "panel" }, graph), text = el("p", { class: "soft" }, "\u00a0");
  box.append(text);
  section("One inference", "number " + (c.index + 1) + ", " + show("s", c.to_s - c.from_s) + ", layer by layer", box);
  const paint = () => {
    const w = graph.clientWidth || 1000, x = t => (t - c.from_s) / (c.to_s - c.from_s) * w;
    graph.replaceChildren(draw("rect", { width: w, height: 34, rx: 4, fill: "var(--line)" }));
    for (const l of c.layers) {
      const a = x(l[0]), b = x(l[1]), name = l[2] + " " + l[3];
      graph.append(draw("rect", { x: a, width: Math.max(0.6, b - a - 0.6), height: 34, rx: 2, fill: opColour(l[3]),
        onmousemove: () => { text.textContent = name + "   " + show("s", l[1] - l[0]) + "   " +
          percent((l[1] - l[0]) / (c.to_s - c.from_s)) + " of the inference"; } }));
      if (b - a > 7 * String(l[2]).length + 6)
        graph.append(draw("text", { class: "on", x: a + 4, y: 21, style: "pointer-events:none" }, l[2]));
    }
    for (const t of ticks(0, c.to_s - c.from_s, 6))
      graph.append(draw("text", { x: Math.min(x(c.from_s + t), w - 40), y: 50 }, short("s", t)));
  };
  box.append(el("div", { class: "keys" }, ops.map(op => el("span", {}, el("i", { style: "background:" + opColour(op) }), op))));
  paint();
  addEventListener("resize", paint);
}
function table(columns, rows, limit) {
  let order = -1, down = true, open = false;
  const body = el("tbody"), more = el("button", { style: "margin-top:10px", onclick: () => { open = !open; paint(); } });
  const paint = () => {
    const sorted = order < 0 ? rows : [...rows].sort((a, b) => {
      const x = columns[order].key(a), y = columns[order].key(b);
      return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
    });
    body.replaceChildren(...(open ? sorted : sorted.slice(0, limit)).map(row =>
      el("tr", {}, columns.map(c => el("td", { class: c.class }, c.cell(row))))));
    more.textContent = open ? "fewer" : "all " + rows.length;
    more.style.display = rows.length > limit ? "" : "none";
  };
  const heads = columns.map((c, i) => el("th", { class: (c.class || "") + (c.key ? " sort" : ""),
    onclick: c.key ? () => { down = order === i ? !down : true; order = i; paint(); } : null }, c.name));
  paint();
  return el("div", { class: "panel" }, el("table", {}, el("thead", {}, el("tr", {}, heads)), body), more);
}
const number = (name, key, text) => ({ name, key, class: "n", cell: row => text(key(row)) });
const bar = (share, paint) => ({ name: "", class: "bar", cell: row =>
  el("div", { class: "meter plain" }, el("i", { style: "width:" + (100 * share(row)).toFixed(2) + "%" +
    (paint ? ";background:" + paint(row) : "") })) });
function layers() {
  if (!R.layers.length) return;
  const all = R.layers.reduce((a, l) => a + l.cycles, 0) || 1, top = Math.max(...R.layers.map(l => l.cycles), 1);
  const macs = R.layers.reduce((a, l) => a + l.macs, 0);
  section("Layers", macs ? (all / macs).toFixed(2) + " cycles per multiply-accumulate over the model" : "", table([
    { name: "layer", cell: l => l.name, key: l => l.index },
    bar(l => l.cycles / top, l => opColour(l.op)),
    number("share", l => l.cycles, v => percent(v / all)),
    number("cycles per call", l => l.cycles / (l.calls || 1), whole),
    number("MACs per call", l => l.macs / (l.calls || 1), whole),
    number("cycles / MAC", l => l.macs ? l.cycles / l.macs : 0, v => v ? v.toFixed(2) : "–"),
    number("energy per call", l => l.energy_uj / (l.calls || 1), v => show("J", v * 1e-6)),
  ], R.layers, 80));
}
function functions() {
  if (!R.functions.length) return;
  const all = R.functions.reduce((a, f) => a + f.cycles_self, 0) || 1, top = Math.max(...R.functions.map(f => f.cycles_self), 1);
  section("Functions", "cycles of the core, awake; self without, total with what they call; waiting: for memory, of self", table([
    { name: "function", key: f => f.name, cell: f => [f.name, f.file ? el("span", { class: "soft" }, "  " +
      f.file.split("/").pop() + (f.line ? ":" + f.line : "")) : null] },
    bar(f => f.cycles_self / top),
    number("self", f => f.cycles_self, v => percent(v / all)),
    number("self cycles", f => f.cycles_self, whole),
    number("total cycles", f => f.cycles_total, whole),
    number("waiting", f => f.cycles_self ? (f.waited_self || 0) / f.cycles_self : 0, percent),
    number("self energy", f => f.energy_self_uj || 0, v => show("J", v * 1e-6)),
    number("calls", f => f.calls, whole),
  ], R.functions, 15));
}

function lines() {
  if (!(R.lines || []).length) return;
  const all = R.functions.reduce((a, f) => a + f.cycles_self, 0) || 1, top = R.lines[0].cycles;
  section("Source lines", "a block's cycles are shared out by the bytes of code of each line", table([
    { name: "line", key: l => l.file + String(l.line).padStart(7), cell: l => [l.file.split("/").pop() + ":" + l.line,
      el("span", { class: "soft" }, "  " + (l.function || ""))] },
    bar(l => l.cycles / top),
    number("share", l => l.cycles, v => percent(v / all)),
    number("cycles", l => l.cycles, whole),
  ], R.lines, 10));
}

/* --- memory, energy, verdicts, the rest --- */
function stacked(title, parts, capacity, unit) {
  const sum = parts.reduce((a, p) => a + p[1], 0), all = capacity || sum || 1;
  return el("div", { class: "panel" }, el("p", {}, title + " ", el("b", {}, show(unit, sum)),
    el("span", { class: "soft" }, capacity ? "  of " + show(unit, capacity) : "")),
    el("div", { class: "meter" }, parts.map((p, i) =>
      el("i", { title: p[0] + " " + show(unit, p[1]), style: "width:" + (100 * p[1] / all).toFixed(3) + "%;background:" + colour(i) }))),
    el("div", { class: "keys" }, parts.map((p, i) =>
      el("span", {}, el("i", { style: "background:" + colour(i) }), p[0] + " ", el("b", {}, show(unit, p[1])), p[2] || ""))));
}
function resources() {
  const fw = R.firmware || {}, m = R.memory, flash = [], ram = [];
  const rest = (m.flash_bytes || 0) - (fw.text_bytes || 0) - (fw.data_bytes || 0) - ((R.model || {}).bytes || 0);
  if (R.firmware) flash.push(["firmware", fw.text_bytes + fw.data_bytes]);
  if (R.model) flash.push(["model", R.model.bytes]);
  if (rest > 0) flash.push(["other", rest]);
  const fixed = (fw.data_bytes || 0) + (fw.bss_bytes || 0);
  // Stack, heap and arena may lie among the variables, or beside them: what is beside is told by the sum.
  let beside = m.ram_bytes - fixed;
  if (fixed) ram.push(["variables", fixed]);
  for (const [name, bytes] of [["arena", m.arena_bytes], ["heap", m.heap_peak_bytes], ["stack", m.stack_peak_bytes]]) {
    const part = Math.min(bytes || 0, beside);
    if (part > 0) ram.push([name, part]);
    beside -= part;
  }
  const states = Object.entries(R.energy.by_state).filter(s => s[1].s > 0);
  section("Where it goes", "", el("div", { class: "two" },
    flash.length ? stacked("Flash", flash, get("board_memory.flash_bytes"), "B") : null,
    ram.length ? stacked("RAM", ram, get("board_memory.ram_bytes"), "B") : null,
    stacked("Energy", states.map(([name, s]) => [name, s.mj * 1e-3, " in " + show("s", s.s)]), 0, "J"),
    stacked("Time", states.map(([name, s]) => [name, s.s]), 0, "s")));
}
function verdicts() {
  const mark = pass => el("span", { class: pass ? "good" : "bad" }, pass ? "held" : "failed");
  const verdict = { name: "", cell: row => mark(row.pass) };
  if (R.expectations.length)
    section("Expectations", "", table([{ name: "expected", cell: e => e.name }, verdict,
      { name: "", cell: e => e.detail || "" }], R.expectations, 200));
  if (R.budgets.length)
    section("Budgets", "", table([{ name: "metric", cell: b => b.metric }, verdict,
      number("limit", b => b.limit, v => String(v)), number("actual", b => b.actual, v => v === null ? "–" : String(+v.toPrecision(6))),
      { name: "", class: "bar", cell: b => el("div", { class: "meter" }, el("i", { style: "width:" +
        Math.min(100, b.limit ? 100 * b.actual / b.limit : 100).toFixed(1) + "%;background:var(--" + (b.pass ? "good" : "bad") + ")" })) },
    ], R.budgets, 200));
}
function faults() {
  if (!(R.faults || []).length) return;
  section("Faults", "", R.faults.map(f => el("div", { class: "issue bad" }, el("b", {}, f.what),
    el("p", { class: "soft" }, "at " + show("s", f.t_s) + ", cycle " + whole(f.cycle) + (f.lockup ? "; the core locked up" : "")),
    f.backtrace.map(b => el("div", {}, el("code", {}, b.pc), (b.function || "") +
      (b.file ? "  " + b.file.split("/").pop() + ":" + b.line : ""))))));
}
function uart() {
  for (const [port, text] of Object.entries(R.uart))
    if (text) section("UART", port, el("div", { class: "panel" }, el("pre", {}, text)));
}
function honesty() {
  const h = R.honesty, q = Object.entries(R.quality);
  section("How good these numbers are", "hover a headline number for its source", table([
    { name: "number", cell: e => e[0] }, { name: "grade", cell: e => e[1].grade },
    number("low", e => e[1].low, v => String(+v.toPrecision(6))), number("high", e => e[1].high, v => String(+v.toPrecision(6))),
    { name: "source", cell: e => e[1].source || "" }], q, 30));
  section("What the machine did not know", h.modelled + " devices modelled, " + h.stubbed + " registers stubbed, " + h.guessed +
    " guessed; " + whole(h.polled_cycles) + " cycles spent polling them",
    h.registers.length ? table([
      { name: "device", cell: r => r.device || "–" }, { name: "register", cell: r => el("code", {}, r.at) },
      number("reads", r => r.reads, whole), number("writes", r => r.writes, whole),
      { name: "answered with", cell: r => r.guessed ? el("span", { class: "warn" }, "a guess") : "what was written last" },
    ], h.registers, 12) : el("p", { class: "soft" }, "Every register that the firmware touched is modelled."));
}
function foot() {
  const parts = ["thumbwatt " + (R.host.version || ""), R.schema, "seed " + R.seed];
  if (R.firmware) parts.push("firmware " + R.firmware.path + " " + (R.firmware.sha256 || "").slice(0, 16));
  if (R.model) parts.push("model " + R.model.path + " " + (R.model.sha256 || "").slice(0, 16));
  page.append(el("footer", {}, parts.join(" · ")));
}
theme();
[head, cards, faults, verdicts, timeline, closeUp, layers, functions, lines, resources, uart, honesty, foot].forEach(part => part());
