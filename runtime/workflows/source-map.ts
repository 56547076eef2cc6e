import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
} from "yaml";
import type { Problem } from "../errors.ts";

export type Path = (string | number)[];

/** A parsed YAML (or JSON, which is YAML) text that knows where each value stands. */
export interface Source {
  value: unknown;
  /** Syntax errors, with their place. */
  problems: Problem[];
  /** A problem whose message begins with the place of the value at `path`. */
  problemAt(path: Path, message: string, options?: { at?: "key" | "value"; offset?: number }): Problem;
}

/** Parses a specification's text. Duplicate keys and unresolved aliases are problems. */
export function parseSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: "1.2" });
  const problems: Problem[] = document.errors.map((error) =>
    placed(lines, error.pos[0], { path: "", message: error.message }),
  );
  let value: unknown;
  if (problems.length === 0)
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      problems.push({ path: "", message: (error as Error).message });
    }
  return {
    value,
    problems,
    problemAt: (path, message, options) =>
      placed(lines, position(document.contents, path, options), { path: textOf(path), message }),
  };
}

/** `["tasks", "detect", "needs", 0]` as `tasks.detect.needs[0]`. */
export function textOf(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === "number") return `${text}[${segment}]`;
    return text === "" ? segment : `${text}.${segment}`;
  }, "");
}

function placed(lines: LineCounter, offset: number, { path, message }: Problem): Problem {
  const { line, col: column } = lines.linePos(offset);
  return { path, message: `line ${line}, column ${column}: ${message}`, line, column };
}

/** Offset of the value at a path, or of the nearest thing above it that is there. */
function position(
  root: Node | null,
  path: Path,
  options: { at?: "key" | "value"; offset?: number } = {},
): number {
  let node: Node | null = root;
  let start = root?.range?.[0] ?? 0;
  for (const [depth, segment] of path.entries()) {
    const child = childOf(node, segment);
    if (child === undefined) return start;
    const isLast = depth === path.length - 1;
    const keyStart = child.key?.range?.[0];
    const valueStart = child.value?.range?.[0];
    start = (isLast && options.at !== "key" ? (valueStart ?? keyStart) : (keyStart ?? valueStart)) ?? start;
    node = child.value;
  }
  return start + (options.offset === undefined ? 0 : offsetWithin(node, options.offset));
}

function childOf(
  node: Node | null,
  segment: string | number,
): { key: Node | null; value: Node | null } | undefined {
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isScalar(item.key) && String(item.key.value) === String(segment),
    ) as Pair<Node, Node | null> | undefined;
    return pair === undefined ? undefined : { key: pair.key, value: isAlias(pair.value) ? null : pair.value };
  }
  if (isSeq(node) && typeof segment === "number" && segment < node.items.length)
    return { key: null, value: node.items[segment] as Node };
  return undefined;
}

/** Where a character of a text value stands; exact for text on one line, its start for block text. */
function offsetWithin(node: Node | null, offset: number): number {
  if (!isScalar(node)) return 0;
  if (node.type === Scalar.PLAIN) return offset;
  if (node.type === Scalar.QUOTE_DOUBLE || node.type === Scalar.QUOTE_SINGLE) return offset + 1;
  return 0;
}
