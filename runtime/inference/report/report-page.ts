import { stages } from "./create-report.ts";
import type { ModelReport, RoutingReport, VersionReport } from "./model-report.ts";

/** The report as a page of its own: no script, nothing from elsewhere. */
export function reportPage(report: ModelReport): string {
  const { model, description, window, loads, versions } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(model)}: report</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1rem; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
section { border-top: 2px solid #8888; margin-top: 2rem; }
.advice { border-left: .25rem solid #c60; padding: .1rem 1rem; background: #c601; }
.bar { display: inline-block; height: .8rem; background: #36c; vertical-align: middle; }
</style>
</head>
<body>
<h1>${escapeHtml(model)}</h1>
<p>${escapeHtml(description)}</p>
<p>Measured in this process from ${escapeHtml(window.from)} to ${escapeHtml(window.to)} (${number(window.seconds)} s).
Loads: ${loads.successes}, failed ones: ${loads.failures}.</p>
${routingSection(report.routing)}
${versions.map(versionSection).join("\n")}
</body>
</html>
`;
}

function routingSection(routing: RoutingReport[]): string {
  if (routing.length === 0) return "";
  const rows = routing.map(
    ({ route, kind, target, version, isPromoted, decisions, share, failures, rewards }) => {
      const reasons = Object.entries(decisions).map(([reason, count]) => `${reason} ${count}`);
      const cells = [
        `${route} (${kind})`,
        `${target}${version === null ? "" : `, version ${version}`}${isPromoted ? ", promoted" : ""}`,
        reasons.join(", ") || "none",
        share === null ? "" : percent(share),
        String(failures),
        rewards.mean === null ? "none" : `${rewards.count}, ${number(rewards.mean)} on average`,
      ];
      return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("")}</tr>`;
    },
  );
  const heads = ["route", "target", "requests", "share", "failures", "rewards"].map(
    (head) => `<th>${head}</th>`,
  );
  return `<section>\n<h2>Routing</h2>\n<table><tr>${heads.join("")}</tr>${rows.join("")}</table>\n</section>`;
}

function versionSection(version: VersionReport): string {
  const { traffic, batches, queue, cache, memory } = version;
  const marks = [
    ...(version.isCurrent ? ["current"] : []),
    ...version.aliases,
    version.isLoaded
      ? `loaded${version.executionProvider === null ? "" : ` on ${version.executionProvider}`}`
      : "not loaded",
  ];
  const facts: [string, string][] = [
    ["published", version.createdAt],
    ["requests", `${traffic.requests} (${number(traffic.requestsPerSecond)} a second), ${traffic.rows} rows`],
    ["last request", traffic.lastInferenceAt ?? "none"],
    ["failures", String(traffic.failures)],
    [
      "runs",
      `${batches.runs}, ${batches.meanRows === null ? "no" : number(batches.meanRows)} rows on average`,
    ],
    ["best size of batches", batches.learned === null ? "not known" : learnedText(batches.learned)],
    [
      "waiting now",
      queue === null ? "in its models' queues" : `${queue.waiting} of at most ${queue.maximumLength}`,
    ],
    ["cache", cacheText(cache)],
    [
      "memory",
      `${memory.estimatedBytes === null ? "none" : bytes(memory.estimatedBytes)} (files: ${bytes(memory.fileBytes)})`,
    ],
  ];
  return `<section>
<h2>Version ${escapeHtml(version.version)} <small>${escapeHtml(marks.join(", "))}</small></h2>
<div class="advice">
${version.bottleneck === null ? "" : `<p><strong>Bottleneck: ${version.bottleneck.stage}</strong>, ${percent(version.bottleneck.share)} of the time</p>`}
${version.advice.map((advice) => `<p>${escapeHtml(advice)}</p>`).join("\n")}
</div>
${table(facts)}
<h3>Milliseconds of successful requests by stage</h3>
${latencyTable(version)}
${listSection(
  "Failures by reason",
  version.errors.map(({ code, count }) => [code, String(count)]),
)}
${listSection(
  "Runs by their rows",
  batches.sizes.map(({ rows, runs }) => [rows === 1 ? "1 row" : `${rows} rows`, String(runs)]),
)}
${listSection(
  "Quality, as its publisher measured it",
  Object.entries(version.qualityMetrics).map(([name, value]) => [name, String(value)]),
)}
${listSection(
  "Lineage",
  Object.entries(version.lineage).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]),
)}
</section>`;
}

function learnedText({ best, measured }: NonNullable<VersionReport["batches"]["learned"]>): string {
  const sizes = measured.map(
    ({ rows, secondsPerRow }) => `${number(secondsPerRow * 1000)} ms in batches of ${rows}`,
  );
  return `${best}; each row takes ${sizes.join(", ")}`;
}

function latencyTable(version: VersionReport): string {
  const { latencySeconds, handoverSeconds, totalSeconds } = version;
  const row = (name: string, count: number, seconds: (number | null)[], share?: number) => {
    const cells = seconds.map(
      (value) => `<td class="number">${value === null ? "" : number(value * 1000)}</td>`,
    );
    return `<tr><th>${name}</th><td class="number">${count}</td>${cells.join("")}<td>${share === undefined ? "" : bar(share)}</td></tr>`;
  };
  const rows = [
    ...stages.map((stage) => {
      const { count, mean, p50, p90, p99, share } = latencySeconds[stage];
      return row(stage, count, [mean, p50, p90, p99], share);
    }),
    row("handover", totalSeconds.count, [handoverSeconds.mean, null, null, null], handoverSeconds.share),
    row("total", totalSeconds.count, [
      totalSeconds.mean,
      totalSeconds.p50,
      totalSeconds.p90,
      totalSeconds.p99,
    ]),
  ];
  const heads = ["count", "mean", "p50", "p90", "p99"].map((head) => `<th class="number">${head}</th>`);
  return `<table><tr><th>stage</th>${heads.join("")}<th>share</th></tr>${rows.join("")}</table>`;
}

function bar(share: number): string {
  return `<span class="bar" style="width:${(share * 10).toFixed(2)}rem"></span> ${percent(share)}`;
}

function listSection(title: string, rows: [string, string][]): string {
  return rows.length === 0 ? "" : `<h3>${escapeHtml(title)}</h3>\n${table(rows)}`;
}

function table(rows: [string, string][]): string {
  return `<table>${rows.map(([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`).join("")}</table>`;
}

function cacheText({ isEnabled, hits, misses, hitRatio }: VersionReport["cache"]): string {
  if (!isEnabled) return "off";
  return `${hits} hits, ${misses} misses${hitRatio === null ? "" : ` (${percent(hitRatio)})`}`;
}

function number(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function bytes(count: number): string {
  if (count < 1e3) return `${count} bytes`;
  return count < 1e6 ? `${number(count / 1e3)} kB` : `${number(count / 1e6)} MB`;
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}
