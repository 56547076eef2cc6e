import { createHash } from "node:crypto";
import type { BanditRoute } from "../route.ts";

/**
 * Under which a target's rewards are kept: another model or version behind the same name, or other features, begin
 * anew; a route that is put back finds what was learnt.
 */
export function armKey(route: BanditRoute, target: string): string {
  const features = route.algorithm === "linucb" ? route.features : [];
  const { model, version, alias } = route.targets[target] ?? {};
  const meaning = JSON.stringify([model, version, alias, features]);
  return `${target}-${createHash("sha256").update(meaning).digest("hex").slice(0, 12)}`;
}
