import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";

export interface Example {
  command: string;
  /** JSON, or text where spaces do not count. */
  form: string;
  expected: string;
}

const anyTime = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** Commands of a page under docs/ with what they print. @throws AssertionError where one shows no result */
export function examplesOf(page: string): Example[] {
  const examples = [...page.matchAll(/```bash\n(.+?)```\n```(json|text)\n(.+?)```/gs)].map(
    ([, command = "", form = "", expected = ""]) => ({ command, form, expected }),
  );
  assert.equal(examples.length, page.match(/```bash/g)?.length);
  return examples;
}

export function readPage(name: string): string {
  return readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
}

/** Runs it against a runtime on another port than the page's; any time is as good as another one. */
export async function assertPrints({ command, form, expected }: Example, port: number): Promise<void> {
  const here = command.replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`);
  const { stdout } = await promisify(execFile)("bash", ["-c", here], { timeout: 60_000 });
  const read = (text: string) =>
    form === "json" ? JSON.parse(text.replaceAll(anyTime, "TIME")) : text.trim().split(/\s+/);
  assert.deepEqual(read(stdout), read(expected));
}
