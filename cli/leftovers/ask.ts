import type { Refusal } from "./leftover.ts";

/** What a provider says of a resource that an index still lists. */
const GONE =
  /no results|no matching|not found|NotFound|couldn't find|could not be found|does not exist|\b404\b/i;

/** The answer to a question of many, or a refusal that is noted. */
export async function ask<Answer>(
  refusals: Refusal[],
  about: { question: string; remedy: string },
  question: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await question();
  } catch (error) {
    refusals.push({ ...about, reason: messageOf(error) });
    return undefined;
  }
}

/** What the resource itself says; "gone" where there is none, "unknown" where the cloud does not tell. */
export async function details<Answer>(question: () => Promise<Answer>): Promise<Answer | "gone" | "unknown"> {
  try {
    return await question();
  } catch (error) {
    return GONE.test(messageOf(error)) ? "gone" : "unknown";
  }
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^.*returned an error: /s, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** A word of a command line, in quotes where a shell needs them. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
