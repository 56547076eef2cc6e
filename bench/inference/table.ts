import type { Cell } from "./measure.ts";
import { type Encoding, encodings, type Row } from "./row.ts";
import { judgeTargets, ratio, type Target } from "./targets.ts";

/** From here on it is the load generator that was measured. */
const BUSY = 0.9;

/** The table of all cells with the ratios of Skyloom to each peer, then the targets. */
export function asText(cells: Cell[]): string {
  const rows = [
    [
      "model",
      "encoding",
      "at once",
      "server",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "MB",
      "processor ms",
      "skyloom ÷ it",
    ],
    ...cells.toSorted(inOrder).map((cell) => lineOf(cell, cells)),
  ];
  const targets = [
    ["target of skyloom", "wanted", "measured", ""],
    ...judgeTargets(cells).map((target) => [target.name, wanted(target), measured(target), target.state]),
  ];
  return [alignColumns(rows), alignColumns(targets), ...notes(cells)].join("\n");
}

function lineOf(cell: Cell, cells: Cell[]): string[] {
  const { model, encoding, concurrency, server, requestsPerSecond, p50Ms, p99Ms, memoryMb } = cell;
  const place = [model, encoding, String(concurrency), server];
  if (requestsPerSecond === null) return [...place, "not supported"];
  return [
    ...place,
    figure(requestsPerSecond),
    figure(p50Ms),
    figure(p99Ms),
    figure(memoryMb),
    figure(cell.processorMs ?? null),
    server === "skyloom" ? "" : ratioText(cell, cells),
  ];
}

/** The bare loop has one encoding: each of Skyloom's is set beside it. */
function ratioText(peer: Cell, cells: Cell[]): string {
  const texts = encodings
    .filter((encoding) => peer.server === "bare" || encoding === peer.encoding)
    .map((encoding) => {
      const own = cells.find((cell) => cell.server === "skyloom" && isSamePlace(cell, peer, encoding));
      const value = ratio(own?.requestsPerSecond ?? undefined, peer.requestsPerSecond ?? undefined);
      if (value === undefined) return undefined;
      return peer.server === "bare" ? `${roundedDown(value)} ${encoding}` : roundedDown(value);
    });
  return texts.filter((text) => text !== undefined).join(", ");
}

function isSamePlace(cell: Row, peer: Row, encoding: Encoding): boolean {
  return cell.model === peer.model && cell.concurrency === peer.concurrency && cell.encoding === encoding;
}

/** By model, encoding, concurrency; the order of the models and servers is that of the measurement. */
function inOrder(a: Cell, b: Cell): number {
  if (a.model !== b.model) return 0;
  return encodings.indexOf(a.encoding) - encodings.indexOf(b.encoding) || a.concurrency - b.concurrency;
}

function wanted({ kind, limit, unit }: Target): string {
  return `${kind === "atLeast" ? "≥" : "<"} ${limit} ${unit}`;
}

/** Rounded against Skyloom, so that nothing that is missed looks as if it were met. */
function measured({ kind, value, unit }: Target): string {
  if (value === undefined) return "";
  return `${kind === "atLeast" ? roundedDown(value) : (Math.ceil(value * 100) / 100).toFixed(2)} ${unit}`;
}

export function roundedDown(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

/** Three digits that count, four places at most. */
function figure(value: number | null): string {
  if (value === null) return "unknown";
  const digitsBefore = Math.floor(Math.log10(Math.max(value, 0.01))) + 1;
  return value.toFixed(Math.max(0, 3 - digitsBefore));
}

function notes(cells: Cell[]): string[] {
  const reasons = new Set(
    cells.flatMap(({ server, encoding, missing }) =>
      missing === undefined ? [] : [`${server}, ${encoding}: ${missing}`],
    ),
  );
  const busy = cells
    .filter(({ generatorShare = 0 }) => generatorShare > BUSY)
    .map(
      ({ server, model, encoding, concurrency }) =>
        `${server}, ${model}, ${encoding}, ${concurrency} at once: the load generator was busy all the time; the server may be faster`,
    );
  return [...reasons, ...busy].map((note) => `${note}\n`);
}

/** Columns of texts; those after the first line that begin with a digit stand to the right. */
function alignColumns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => pad(cell, widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}

function pad(cell: string, width: number): string {
  return /^\d[\d.]*$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
}
