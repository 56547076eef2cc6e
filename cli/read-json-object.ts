import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { errorMessage } from "../runtime/errors.ts";
import { CannotRun } from "./output.ts";

/**
 * @param file `-`: standard input
 * @param form what it must be, for the message
 * @throws CannotRun where it cannot be read, or is no object
 */
export async function readJsonObject(file: string, form: string): Promise<object> {
  const name = file === "-" ? "standard input" : file;
  let value: unknown;
  try {
    value = JSON.parse(file === "-" ? await text(process.stdin) : await readFile(file, "utf8"));
  } catch (error) {
    throw new CannotRun(`${name} cannot be read as JSON: ${errorMessage(error)}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new CannotRun(`${name} must be an object: ${form}`);
  return value;
}
