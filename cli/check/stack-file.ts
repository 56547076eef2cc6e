import { readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import { CannotRun } from "../output.ts";

/** A stack's configuration file, and where in it each setting stands. */
export interface StackFile {
  /** As messages and reports name it. */
  path: string;
  config: Record<string, unknown>;
  /** Line, from 1, of a key, or of an entry of its value, e.g. `["skyloom:gpuPools", 0]`; undefined where it is not there. */
  lineOf(path: readonly (string | number)[]): number | undefined;
}

/**
 * @param path as messages and reports name it.
 * @throws CannotRun when it cannot be read, with the lines that are no YAML.
 */
export function readStackFile(file: string, path: string): StackFile {
  const lines = new LineCounter();
  const document = parseDocument(read(file), { lineCounter: lines });
  const [error] = document.errors;
  if (error !== undefined) throw new CannotRun(`${path} is no YAML: ${error.message}`);
  const content = (document.toJS() ?? {}) as { config?: unknown; environment?: unknown };
  const config = content.config ?? {};
  if (typeof config !== "object" || Array.isArray(config))
    throw new CannotRun(`${path}: config: must be a mapping of namespace:key to a value`);
  return {
    path,
    config: config as Record<string, unknown>,
    lineOf(keys) {
      const start = startOf(document.contents, ["config", ...keys]);
      return start === undefined ? undefined : lines.linePos(start).line;
    },
  };
}

/** Offset of the key, or of the item of a list, that the path ends at. */
function startOf(node: unknown, path: readonly (string | number)[]): number | undefined {
  const [key, ...rest] = path;
  if (isMap(node)) {
    const pair = node.items.find((item: Pair) => isScalar(item.key) && item.key.value === key);
    if (pair === undefined) return undefined;
    return rest.length === 0 ? (pair.key as Node).range?.[0] : startOf(pair.value, rest);
  }
  const items = (node as { items?: Node[] } | null)?.items;
  const item = typeof key === "number" ? items?.[key] : undefined;
  if (item === undefined) return undefined;
  return rest.length === 0 ? item.range?.[0] : startOf(item, rest);
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new CannotRun(`cannot read ${path}: ${(error as Error).message}`);
  }
}
