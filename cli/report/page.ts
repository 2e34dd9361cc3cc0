import { amount, chart, seriesOf } from "./chart.js";
import type { Facts } from "./facts.js";

/** How many events are shown at once; the rest can be unfolded. */
const SHOWN = 20;

const MARKS = { ok: "✓", wrong: "✗", unknown: "?", done: "✓", failed: "✗" } as const;

/**
 * One page that needs nothing but itself: no script, no other file, no request.
 *
 * @param picture the environment as SVG
 */
export function page({ status, history, usage }: Facts, picture: string): string {
  const { environment, host, time, cause, rows } = status;
  const count = (result: string) => rows.filter((row) => row.result === result).length;
  const summary =
    cause === null
      ? `${count("ok")} ok, ${count("wrong")} to fix, ${count("unknown")} unknown`
      : `The host could not be asked: ${cause}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(environment)} on ${text(host)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${text(environment)}</h1>
<p>${text(host)}, ${moment(time)}</p>
<p class="summary ${status.result}">${text(summary)}</p>
</header>
<section><h2>Status</h2>
${rows.length === 0 ? "<p>Nothing is known.</p>" : `<ul class="rows">${rows.map(statusRow).join("")}</ul>`}
</section>
<section><h2>Memory and disk</h2>
${usage.length === 0 ? "<p>Nothing has been measured yet.</p>" : charts(usage)}
</section>
<section><h2>Picture</h2>
<div class="picture">${picture.replace(/^[\s\S]*?(?=<svg)/, "")}</div>
</section>
<section><h2>History</h2>
${history.length === 0 ? "<p>Nothing is in the history of the host.</p>" : events([...history].reverse())}
</section>
</body>
</html>
`;
}

function statusRow({ name, result, detail, fix }: Facts["status"]["rows"][number]): string {
  const remedy = fix === "" ? "" : `<span class="fix">Fix: <code>${text(fix)}</code></span>`;
  return `<li class="${result}"><b>${MARKS[result]}</b><span class="name">${text(name)}</span><span>${text(detail)}</span>${remedy}</li>\n`;
}

function charts(usage: Facts["usage"]): string {
  const drawn = seriesOf(usage).map((series) => {
    const last = series.points.at(-1)![1];
    const now = last === null ? "not running" : `${amount(last)} of ${amount(series.most)}`;
    return `<figure><figcaption>${series.title}: ${now}</figcaption>${chart(series)}</figure>`;
  });
  return `<div class="charts">${drawn.join("\n")}</div>`;
}

function events(newest: Facts["history"]): string {
  const list = (part: Facts["history"]) => `<ol class="events">${part.map(event).join("")}</ol>`;
  const older = newest.slice(SHOWN);
  const rest = older.length === 0 ? "" : `<details><summary>${older.length} older</summary>${list(older)}</details>`;
  return list(newest.slice(0, SHOWN)) + rest;
}

function event({ time, event, result, seconds, origin, run, image, changed }: Facts["history"][number]): string {
  const about = [`${seconds} s`, origin, ...(run === null ? [] : [`run ${run}`]), image || "no image"].join(", ");
  return `<li class="${result}"><b>${MARKS[result]}</b><span class="name">${text(event)}</span><span>${moment(time)}: ${text(changed)}</span><span class="about">${text(about)}</span></li>\n`;
}

const moment = (time: string) => `<time datetime="${time}">${time.slice(0, 16).replace("T", " ")} UTC</time>`;

/** Text that a browser shows as it is. */
const text = (value: string) => value.replaceAll(/[&<>"']/g, (each) => `&#${each.codePointAt(0)};`);

const STYLE = `
:root { color-scheme: light dark; --text: #1d2433; --quiet: #5c667a; --paper: #fff; --line: #d8dde6; --ok: #1a7f4b; --wrong: #c22f2f; --unknown: #9a6700; --curve: #2f6fde; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ef; --quiet: #9aa4b5; --paper: #151a22; --line: #323a48; --ok: #4cc38a; --wrong: #ff7b72; --unknown: #e3b341; --curve: #79a8ff; } }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; font: 16px/1.45 system-ui, sans-serif; color: var(--text); background: var(--paper); overflow-wrap: anywhere; }
h1 { margin: 0; } h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; } header p { margin: .2rem 0; color: var(--quiet); }
.summary { font-weight: 600; } p.ok, .ok > b, .done > b { color: var(--ok); } p.wrong, p.failed, .wrong > b, .failed > b { color: var(--wrong); } p.unknown, .unknown > b { color: var(--unknown); }
ul.rows, ol.events { list-style: none; margin: 0; padding: 0; }
li { display: grid; grid-template-columns: 1.4rem 10rem 1fr; gap: 0 .5rem; padding: .35rem 0; border-top: 1px solid var(--line); }
.name { font-weight: 600; } .fix, .about { grid-column: 3; color: var(--quiet); font-size: .9em; }
code { font: .92em ui-monospace, monospace; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); gap: 1rem; } figure { margin: 0; }
.chart { width: 100%; } .chart line { stroke: var(--line); } .chart polyline { fill: none; stroke: var(--curve); stroke-width: 2; } .chart circle { fill: var(--curve); } .chart text { fill: var(--quiet); font-size: 12px; }
.picture { overflow-x: auto; border: 1px solid var(--line); background: #fff; } .picture svg { display: block; min-width: 60rem; width: 100%; }
summary { cursor: pointer; padding: .5rem 0; }
@media (max-width: 40rem) { li { grid-template-columns: 1.4rem 1fr; } li > span, .fix, .about { grid-column: 2; } }
`;
