import type { Engine } from "./engines/engine.ts";
import type { Row } from "./measure.ts";
import { shapes } from "./shapes.ts";
import type { Waiting } from "./waiting.ts";

/** Of bare Restate, for each inline task. */
export const wantedShare = 0.6;
/** Of our process, for each run that waits. */
export const wantedBytes = 10_000;

/** Lines of the table, the targets, and what must be known to read them. */
export function asText(rows: Row[], waiting: Waiting | undefined, engines: Engine[]): string {
  if (rows.length === 0) return targets(rows, waiting).join("");
  const lines = [
    ["shape", "engine", "ms", "ms a task", "skyloom is so many times as fast"],
    ...rows.map((row) => lineOf(row, rows)),
  ];
  return [
    alignColumns(lines),
    ...shapes.map(({ name, description }) => `${name}: ${description}\n`),
    ...engines.flatMap(({ name, note }) => (note === undefined ? [] : `${name}: ${note}\n`)),
    "\n",
    ...targets(rows, waiting),
  ].join("");
}

function lineOf(row: Row, rows: Row[]): string[] {
  const { shape, engine, tasks, milliseconds, failure } = row;
  if (milliseconds === null) return [shape, engine, "failed", "", failure?.split("\n", 1)[0] ?? ""];
  const value = engine === "skyloom" ? undefined : ratio(row, rows);
  return [
    shape,
    engine,
    milliseconds.toFixed(0),
    (milliseconds / tasks).toFixed(2),
    value === undefined ? "" : roundedDown(value),
  ];
}

/** Over 1: Skyloom is faster. */
export function ratio({ shape, milliseconds }: Row, rows: Row[]): number | undefined {
  const own = rows.find((row) => row.shape === shape && row.engine === "skyloom")?.milliseconds;
  return own == null || milliseconds === null ? undefined : milliseconds / own;
}

function targets(rows: Row[], waiting: Waiting | undefined): string[] {
  const bare = rows.filter(({ engine }) => engine === "restate");
  const lines = bare.flatMap((row) => {
    const value = ratio(row, rows);
    if (value === undefined) return [];
    const verdict = value >= wantedShare ? "met" : "missed";
    return `${row.shape}: ${roundedDown(value)} of bare Restate, wanted at least ${wantedShare}: ${verdict}\n`;
  });
  if (waiting === undefined) return lines;
  const { runs, bytesPerRun, handles } = waiting;
  const verdict = bytesPerRun < wantedBytes ? "met" : "missed";
  const memory = `${runs} waiting runs: ${Math.ceil(bytesPerRun)} bytes of our process each, wanted under ${wantedBytes}: ${verdict}\n`;
  return [
    ...lines,
    memory,
    `${runs} waiting runs: more timers, requests and connections than the first 50: ${told(handles)}\n`,
  ];
}

function told(handles: Record<string, number>): string {
  const kinds = Object.entries(handles).map(([kind, count]) => `${count} ${kind}`);
  return kinds.length === 0 ? "none" : kinds.join(", ");
}

function roundedDown(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

function alignColumns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, width: number) =>
    /^[\d.]+$/.test(cell) ? cell.padStart(width) : cell.padEnd(width);
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
