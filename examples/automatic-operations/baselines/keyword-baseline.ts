import type { LabelledWindow } from "../data/dataset.ts";
import { type FaultKind, faultKinds } from "../data/faults.ts";
import type { LogLine } from "../data/log-lines.ts";

/** For each kind the words that stand for it; a line counts where it contains one, as `grep -i` finds it. */
export type KeywordBaseline = Record<FaultKind, string[]>;

/** The kind whose words are found in most lines; undefined where none is found. */
export function keywordKind(baseline: KeywordBaseline, logs: LogLine[]): FaultKind | undefined {
  const lines = logs.map(({ text }) => messageOf(text));
  const counts = faultKinds.map(
    (kind) => lines.filter((line) => baseline[kind].some((keyword) => line.includes(keyword))).length,
  );
  const most = Math.max(...counts);
  return most === 0 ? undefined : faultKinds[counts.indexOf(most)];
}

const lengths = [5, 10, 15, 20, 30, 40, 60];

/**
 * The words of the training logs that tell a kind best. Words are ranked by how much more often they are in the
 * kind's logs than in others, as a ratio or as a difference; the ranking and the length of the lists that name most
 * of the training faults right are kept.
 */
export function fitKeywords(windows: LabelledWindow[], wordsOf = wholeWords): KeywordBaseline {
  const faults = windows.filter((window) => window.fault !== undefined);
  const fitted = rankings(windows, wordsOf).flatMap((ranking) =>
    lengths.map((length) => {
      const lists = keywordLists((kind) => ranking[kind].slice(0, length));
      const right = faults.filter((window) => keywordKind(lists, window.logs) === window.fault).length;
      return { lists, right };
    }),
  );
  return fitted.reduce((one, other) => (other.right > one.right ? other : one)).lists;
}

function rankings(windows: LabelledWindow[], wordsOf: (line: string) => string[]): KeywordBaseline[] {
  const counts = new Map<string, Map<string, number>>();
  for (const window of windows)
    for (const word of new Set(window.logs.flatMap(({ text }) => wordsOf(text)))) {
      const byKind = counts.get(word) ?? new Map<string, number>();
      byKind.set(window.fault ?? "", (byKind.get(window.fault ?? "") ?? 0) + 1);
      counts.set(word, byKind);
    }
  const shares = (byKind: Map<string, number>, kind: FaultKind): [number, number] => {
    const ofKind = windows.filter((window) => window.fault === kind).length;
    const others = [...byKind].reduce((sum, [other, count]) => sum + (other === kind ? 0 : count), 0);
    // One case is added to the others, so that a rare word is not the surest one.
    return [(byKind.get(kind) ?? 0) / ofKind, (others + 1) / (windows.length - ofKind)];
  };
  const measures = [
    ([inside, outside]: [number, number]) => inside / outside,
    ([inside, outside]: [number, number]) => inside - outside,
  ];
  return measures.map((measure) =>
    keywordLists((kind) =>
      [...counts]
        .filter(([, byKind]) => (byKind.get(kind) ?? 0) >= 5)
        .map(([word, byKind]) => ({ word, value: measure(shares(byKind, kind)) }))
        .sort((one, other) => other.value - one.value)
        .map(({ word }) => word),
    ),
  );
}

function keywordLists(of: (kind: FaultKind) => string[]): KeywordBaseline {
  return Object.fromEntries(faultKinds.map((kind) => [kind, of(kind)])) as KeywordBaseline;
}

/** A line without its time, level and server. */
function messageOf(line: string): string {
  return line.slice(line.indexOf(": ") + 2).toLowerCase();
}

/** Words of three letters and more. */
export function wholeWords(line: string): string[] {
  return messageOf(line).match(/[a-z]{3,}/g) ?? [];
}

/** The words cut to their first five letters, so that `allocate` and `allocation` are one keyword. */
export function wordStems(line: string): string[] {
  return wholeWords(line).map((word) => word.slice(0, 5));
}
