import type { Policies } from "@pulumi/policy";
import { readStackFacts, readStackPolicies, settingsResolver } from "./configuration/stack-settings.ts";
import { rules, waivableRules } from "./policies.ts";
import { toPolicy } from "./to-policy.ts";
import { findWaiversFile } from "./waivers/find-waivers-file.ts";
import { readWaivers } from "./waivers/read-waivers.ts";
import { WaiverBook } from "./waivers/waiver-book.ts";

export interface PackSurroundings {
  /** What the engine gives the pack's process. */
  environment: Record<string, string | undefined>;
  /** Where to look upwards for the project, and so for its waivers. */
  startFolders: string[];
  now: Date;
}

/**
 * Every rule as the SDK serves it, for one operation on one stack.
 * @throws Error that names every problem of the configuration or of the waivers.
 */
export function createPolicies({ environment, startFolders, now }: PackSurroundings): Policies {
  const facts = readStackFacts(environment);
  const { waivers: named, ...given } = readStackPolicies(facts);
  const found = findWaiversFile(named, startFolders);
  const names = waivableRules.map(({ name }) => name);
  const waivers = found === undefined ? [] : readWaivers(found.file, found.shownAs, names);
  const context = {
    settings: settingsResolver(facts, given),
    waivers: new WaiverBook(waivers, facts.stack, now),
    asked: new Map(),
  };
  return rules.map((rule) => toPolicy(rule, context));
}
