import { Config } from "@pulumi/pulumi";

const key = "skyloom:clusterAdmins";

/** How a cloud names those who may administer a cluster. */
export interface AdminNames {
  pattern: RegExp;
  /** What an entry must be like, e.g. `arn:aws:iam::123456789012:role/admin`. */
  allowed: string;
}

/** Whom `skyloom:clusterAdmins` names; nobody: it is not set, so whoever brought the stack up first. */
export function readClusterAdmins({ pattern, allowed }: AdminNames): { names: string[]; problems: string[] } {
  const text = new Config("skyloom").get("clusterAdmins");
  if (text === undefined) return { names: [], problems: [] };
  const given = parseJson(text);
  if (!Array.isArray(given) || given.length === 0)
    return { names: [], problems: [`${key}: must be a list of administrators, each such as ${allowed}`] };
  return {
    names: given.map(String),
    problems: given.flatMap((name, index) => {
      if (!pattern.test(String(name)))
        return [`${key}[${index}]: must be such as ${allowed}, not ${JSON.stringify(name)}`];
      return given.indexOf(name) < index ? [`${key}[${index}]: ${name} is named twice`] : [];
    }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
