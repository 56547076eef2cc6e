/** One property whose change makes the provider replace the resource instead of updating it. */
export interface ReplacementRule {
  /** Property path; what lies below it is covered, `[*]` stands for any index. */
  path: string;
  /** `removed`: only when the property goes away or a switch is turned off. Default: on every change. */
  when?: "removed";
  /** Where the rule comes from: a page, or a file of the provider's sources. */
  source: string;
}

/** Type token → its rules. */
export type ReplacementTable = { [type: string]: ReplacementRule[] };

/** Rules that share a source. A path ending in `-` counts only when the property is removed or switched off. */
export function rules(source: string, ...paths: string[]): ReplacementRule[] {
  return paths.map((path) =>
    path.endsWith("-") ? { path: path.slice(0, -1), when: "removed" as const, source } : { path, source },
  );
}
