import { nearestName } from "../../runtime/nearest-name.ts";

/** `; did you mean 'x'?`, or nothing. */
export function suggestion(word: string, candidates: Iterable<string>): string {
  const match = nearestName(word, candidates);
  return match === undefined ? "" : `; did you mean '${match}'?`;
}
