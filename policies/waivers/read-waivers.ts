import { existsSync, readFileSync } from "node:fs";
import { type Document, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import type { Waiver } from "./waiver.ts";

const text = (what: string) => z.string(`must be ${what}`).trim().min(1, `must be ${what}`);

const date = z
  .string("must be a date such as 2027-01-31")
  .regex(/^\d{4}-\d\d-\d\d$/, "must be a date such as 2027-01-31")
  .refine(
    (day) => new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ?? false,
    "is no day of the calendar",
  );

const waiverSchema = (rules: readonly string[]) =>
  z.strictObject({
    rule: z
      .string("must be the name of a rule")
      .refine((name) => rules.includes(name), "is no rule that can be waived: docs/policies.md lists them"),
    resource: z.union([text("a name, a URN or a pattern with *"), z.array(text("a name")).min(1)], {
      error: "must be a name, a URN or a pattern with *, or a list of them",
    }),
    stack: text("a stack's name or a pattern with *").default("*"),
    mayBeAbsent: z.boolean("must be true or false").default(false),
    reason: text("why the rule need not hold"),
    owner: text("who answers for it"),
    expires: date,
  });

/**
 * The waivers of a file.
 * @param shownAs the file's name in messages.
 * @param rules names of the rules that can be waived.
 * @throws Error with every problem at once: file, line, property.
 */
export function readWaivers(file: string, shownAs: string, rules: readonly string[]): Waiver[] {
  if (!existsSync(file)) throw new Error(`${shownAs}: there is no such file of waivers`);
  return parseWaivers(readFileSync(file, "utf8"), shownAs, rules);
}

/** @throws Error as readWaivers. */
export function parseWaivers(source: string, shownAs: string, rules: readonly string[]): Waiver[] {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true });
  const lineOf = (path: PropertyKey[]) => lines.linePos(offsetOf(document, path)).line;
  if (document.errors.length > 0)
    throw new Error(
      document.errors
        .map(({ message, linePos }) => `${shownAs}:${linePos?.[0].line ?? 1}: ${message.split("\n")[0]}`)
        .join("\n"),
    );
  const parsed = z
    .strictObject({ waivers: z.array(waiverSchema(rules)) }, "must be an object with the list `waivers`")
    .safeParse(document.toJS());
  if (!parsed.success)
    throw new Error(
      parsed.error.issues
        .map(({ path, message }) => `${shownAs}:${lineOf(path)}: ${shownPath(path)}${message}`)
        .join("\n"),
    );
  return parsed.data.waivers.map(({ resource, ...waiver }, index) => ({
    ...waiver,
    resources: typeof resource === "string" ? [resource] : resource,
    place: `${shownAs}:${lineOf(["waivers", index])}`,
  }));
}

/** Where the value is, or the nearest thing around it that is there. */
function offsetOf(document: Document.Parsed, path: PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

function shownPath(path: PropertyKey[]): string {
  if (path.length === 0) return "";
  return `${path
    .map((key) => (typeof key === "number" ? `[${key}]` : String(key)))
    .join(".")
    .replaceAll(".[", "[")} `;
}
