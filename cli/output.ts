import { styleText } from "node:util";

/** The answer is no: violations, a failed run. Exit status 1. */
export class NegativeAnswer extends Error {
  override readonly name = "NegativeAnswer";
}

/** The command could not run: bad input, a missing part. Exit status 2. */
export class CannotRun extends Error {
  override readonly name = "CannotRun";
}

type Style = Parameters<typeof styleText>[0];

/** Colours only where standard output is a terminal and NO_COLOR is not set. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** What a command tells: text for people, or with `--json` one document on standard output and text on standard error. */
export interface Output {
  readonly json: boolean;
  /** Text for people. */
  line(text?: string): void;
  /** The command's result; printed only with `--json`. */
  document(value: unknown): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    line(text = "") {
      (json ? process.stderr : process.stdout).write(`${text}\n`);
    },
    document(value) {
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
  };
}

/** Columns as wide as their longest cell; the first row is the heading. */
export function table(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row, index) => {
      const text = row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join("  ")
        .trimEnd();
      return index === 0 ? styled("bold", text) : text;
    })
    .join("\n");
}

/** Seconds as people read them: 0.123 s, 12.3 s, 2 min 5 s. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(3)} s`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
