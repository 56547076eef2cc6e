export const sharedKey = "shared";
const lines = 300;

/** The content of a number, in pieces: a cut or mixed one cannot be mistaken for a whole one. */
export function* contentOf(number: number): Generator<string> {
  for (let line = 1; line <= lines; line += 1) yield `${number}:${line}/${lines}${"-".repeat(1000)}\n`;
}

/** The number whose content this is. Undefined where it is no whole content. */
export function numberOf(content: string): number | undefined {
  const number = Number.parseInt(content, 10);
  return [...contentOf(number)].join("") === content ? number : undefined;
}
