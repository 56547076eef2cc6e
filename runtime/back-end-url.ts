import { z } from "zod";
import type { Problem } from "./errors.ts";

/** How one back end is named: `PROTOCOL://PLACE[?PARAMETER=…]`. */
export interface UrlForm {
  /** What a user may write, for messages. */
  form: string;
  /** Host and path, with a named group for each part. */
  place: RegExp;
  /** Query parameters; those that may be missing are optional. */
  parameters: z.ZodObject;
}

/** By protocol, with its colon. */
export type UrlForms = Record<`${string}:`, UrlForm>;

export type ParsedUrl<Forms extends UrlForms> = {
  [Protocol in keyof Forms]: {
    protocol: Protocol;
    /** The named groups of `place`, decoded. */
    place: Record<string, string>;
    parameters: Forms[Protocol] extends UrlForm ? z.output<Forms[Protocol]["parameters"]> : never;
  };
}[keyof Forms];

export const parameter = {
  /** Another address of the service: an emulator, or one that speaks the same protocol. */
  endpoint: z.url({
    protocol: /^https?$/,
    error: "must be http://HOST[:PORT] or https://HOST[:PORT]",
  }),
  region: z.string().regex(/^[a-z]{2,}(-[a-z0-9]+)+$/, "must be the name of a region, such as eu-west-1"),
  flag: z.enum(["true", "false"], 'must be "true" or "false"').transform((text) => text === "true"),
};

/** What the URL says, or everything that is wrong with it. */
export function parseUrl<Forms extends UrlForms>(
  url: string,
  forms: Forms,
): { parsed: ParsedUrl<Forms> } | { problems: string[] } {
  const known = `must be ${Object.values(forms)
    .map(({ form }) => form)
    .join(" or ")}`;
  if (!URL.canParse(url)) return { problems: [known] };
  const { protocol, host, pathname, search, searchParams, hash, username, password } = new URL(url);
  if (username !== "" || password !== "")
    return { problems: ["must hold no user and password: credentials come from the environment"] };
  const form = (forms as Record<string, UrlForm>)[protocol];
  // The parser repairs what is no such URL, as file:a to file:///a.
  const place = form?.place.exec(url.slice(protocol.length + 2).replace(/[?#].*$/s, ""))?.groups;
  if (form === undefined || place === undefined || hash !== "" || !url.startsWith(`${protocol}//${host}`))
    return { problems: [known] };
  if (search === "" && url.endsWith("?")) return { problems: [known] };
  const parameters = form.parameters.strict().safeParse(Object.fromEntries(searchParams));
  const problems = parameters.success
    ? []
    : parameters.error.issues.map((issue) => parameterProblem(issue, form));
  for (const name of new Set(searchParams.keys()))
    if (searchParams.getAll(name).length > 1) problems.push(`parameter ${name} must be given once`);
  const decoded = decode(place);
  if (decoded === undefined) problems.push(`has a broken percent-encoding in ${pathname}`);
  if (problems.length > 0 || decoded === undefined || !parameters.success) return { problems };
  return { parsed: { protocol, place: decoded, parameters: parameters.data } as ParsedUrl<Forms> };
}

function parameterProblem(issue: z.core.$ZodIssue, { form, parameters }: UrlForm): string {
  const known = Object.keys(parameters.shape);
  if (issue.code === "unrecognized_keys") {
    const allowed = known.length > 0 ? `known are ${known.join(", ")}` : "it takes none";
    return `has no parameter ${issue.keys.join(", ")}: ${allowed} (${form})`;
  }
  const missing = issue.code === "invalid_type" && issue.input === undefined;
  return `parameter ${issue.path.join(".")} ${missing ? `is required (${form})` : issue.message}`;
}

function decode(place: Record<string, string | undefined>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(
      Object.entries(place).map(([name, text = ""]) => [name, decodeURIComponent(text)]),
    );
  } catch {
    return undefined;
  }
}

/** The problems as an input error takes them; the URL itself is told, as it holds no secrets. */
export function urlProblems(path: string, url: string, problems: string[]): Problem[] {
  return problems.map((problem) => ({ path, message: `${problem}, not ${JSON.stringify(url)}` }));
}
