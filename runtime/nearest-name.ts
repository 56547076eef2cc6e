import { distance } from "fastest-levenshtein";

/**
 * The candidate that was most likely meant, upper and lower case apart: the one with the fewest edits, or that the
 * name is cut short of. Undefined when none is near.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let fewestEdits = Math.floor(name.length / 3) + 2;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    // A name cut short, or with a word too many, is as near as one with a single wrong letter.
    const contains = wanted.length > 3 && (known.startsWith(wanted) || wanted.startsWith(known));
    const edits = contains ? 1 : distance(wanted, known);
    if (edits < fewestEdits) [best, fewestEdits] = [candidate, edits];
  }
  return best;
}
