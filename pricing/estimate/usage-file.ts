import { readFileSync } from "node:fs";
import { isMap, LineCounter, type Node, parseDocument } from "yaml";
import { type Usage, usageSchema } from "./usage.ts";

/** A usage file that cannot be used: every problem with its file and line. */
export class UsageFileError extends Error {
  override readonly name = "UsageFileError";
}

/** @throws UsageFileError when it is missing, is no YAML, or says something that no estimate takes. */
export function readUsageFile(file: string): Usage {
  return parseUsage(readText(file), file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageFileError(`${file}: cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

/** @param file for messages. */
export function parseUsage(source: string, file: string): Usage {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines });
  const at = (offset: number) => `${file}:${lines.linePos(offset).line}`;
  if (document.errors.length > 0) {
    const problems = document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message.split("\n")[0]}`);
    throw new UsageFileError(problems.join("\n"));
  }
  const parsed = usageSchema.safeParse(document.toJS() ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.flatMap((issue) => {
    const places =
      issue.code === "unrecognized_keys" ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
    return places.map((path) => {
      const message = issue.code === "unrecognized_keys" ? "is no part of a usage file" : issue.message;
      return `${at(offsetOf(document.contents, path))}: ${path.map(String).join(".") || "the file"}: ${message}`;
    });
  });
  throw new UsageFileError(problems.join("\n"));
}

/** Where the path begins; where it is not there, the nearest part of it. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (!isMap(node)) break;
    const pair = node.items.find((each) => String((each.key as { value?: unknown }).value) === String(key));
    if (pair === undefined) break;
    offset = (pair.key as Node).range?.[0] ?? offset;
    node = pair.value;
  }
  return offset;
}
