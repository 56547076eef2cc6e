/** A change of a source that a test should notice. */
export interface Mutant {
  line: number;
  /** The line after the change. */
  text: string;
  source: string;
}

/** Each way in which one condition of a source can be turned round. */
export function mutantsOf(source: string): Mutant[] {
  return [...replaced(source), ...negated(source)].map(({ at, source }) => {
    const line = source.slice(0, at).split("\n").length;
    return { line, text: source.split("\n")[line - 1]?.trim() ?? "", source };
  });
}

const replacements: readonly (readonly [RegExp, string])[] = [
  [/ === /g, " !== "],
  [/ !== /g, " === "],
  [/ && /g, " || "],
  [/ \|\| /g, " && "],
  [/ >= /g, " < "],
  [/ <= /g, " > "],
  [/ > (?=[\d\w])/g, " <= "],
  [/\.some\(/g, ".every("],
  [/\.every\(/g, ".some("],
  [/\breturn true;/g, "return false;"],
  [/\breturn false;/g, "return true;"],
  [/missingComplies: true/g, "missingComplies: false"],
  [/values: \[true\]/g, "values: [false]"],
  [/values: \[false\]/g, "values: [true]"],
  [/(?<=[\s(|&])!(?=[a-z(/])/g, ""],
  [/when: inProduction/g, "when: () => true"],
];

function replaced(source: string): { at: number; source: string }[] {
  return replacements.flatMap(([pattern, replacement]) =>
    [...source.matchAll(pattern)]
      .filter(({ index }) => isCode(source, index))
      .map(({ index, 0: found }) => ({
        at: index,
        source: source.slice(0, index) + replacement + source.slice(index + found.length),
      })),
  );
}

/** `if (a)` becomes `if (!(a))`. */
function negated(source: string): { at: number; source: string }[] {
  return [...source.matchAll(/\bif \(/g)]
    .filter(({ index }) => isCode(source, index))
    .map(({ index }) => {
      const start = index + "if (".length;
      const end = closing(source, start);
      return {
        at: index,
        source: `${source.slice(0, start)}!(${source.slice(start, end)})${source.slice(end)}`,
      };
    });
}

function closing(source: string, start: number): number {
  let depth = 1;
  for (let index = start; index < source.length; index += 1) {
    if (source[index] === "(") depth += 1;
    if (source[index] === ")") depth -= 1;
    if (depth === 0) return index;
  }
  return source.length;
}

/** Not a comment, nor text that people read, nor types. */
function isCode(source: string, at: number): boolean {
  const start = source.lastIndexOf("\n", at) + 1;
  const [line = ""] = source.slice(start).split("\n");
  if (line.includes('? "missing"')) return false;
  const before = source.slice(start, at);
  return !/^\s*(\*|\/\*|\/\/|description|remediationSteps|import|export (interface|type)|interface)|=> (void|boolean)|report\(|^\s+["`]/.test(
    before,
  );
}
