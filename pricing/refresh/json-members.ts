/**
 * The members of some objects of a large JSON document, one after the other: a price list of hundreds of MB does not
 * fit into one string. @param wanted paths of the objects, such as ["terms", "OnDemand"]; none inside another.
 */
export async function* jsonMembers(
  chunks: AsyncIterable<string>,
  wanted: readonly (readonly string[])[],
): AsyncGenerator<{ path: readonly string[]; name: string; value: unknown }> {
  const scanner = new Scanner(wanted);
  for await (const chunk of chunks) yield* scanner.take(chunk);
  if (!scanner.isComplete) throw new Error("the document ends in the middle");
}

class Scanner {
  readonly #wanted: readonly (readonly string[])[];
  /** Names that lead to the object that is being read; an element of a list has none. */
  readonly #path: string[] = [];
  /** Of each open object and list. */
  readonly #open: ("{" | "[")[] = [];
  #string = "";
  #inString = false;
  #escaped = false;
  /** The last string that ended; the name of a member when a colon follows. */
  #last = "";
  /** The member that is kept, and how deep it is. */
  #kept: { text: string; depth: number; path: readonly string[]; name: string } | undefined;
  #begun = false;

  constructor(wanted: readonly (readonly string[])[]) {
    this.#wanted = wanted;
  }

  get isComplete(): boolean {
    return this.#begun && this.#open.length === 0 && !this.#inString;
  }

  *take(chunk: string): Generator<{ path: readonly string[]; name: string; value: unknown }> {
    for (const character of chunk) {
      if (this.#kept) this.#kept.text += character;
      if (this.#inString) this.#takeInString(character);
      else {
        const member = this.#takeOutside(character);
        if (member) yield member;
      }
    }
  }

  #takeInString(character: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (character === "\\") this.#escaped = true;
    else if (character === '"') {
      this.#inString = false;
      this.#last = this.#string;
      return;
    }
    this.#string += character;
  }

  #takeOutside(character: string) {
    switch (character) {
      case '"':
        this.#inString = true;
        this.#string = "";
        return undefined;
      case "{":
      case "[":
        this.#enter(character);
        return undefined;
      case "}":
      case "]":
        return this.#leave();
      default:
        return undefined;
    }
  }

  #enter(bracket: "{" | "["): void {
    this.#begun = true;
    const inObject = this.#open.at(-1) === "{";
    const path = [...this.#path];
    if (this.#open.length > 0) this.#path.push(inObject ? this.#last : "");
    this.#open.push(bracket);
    const isWanted = this.#wanted.some(
      (each) => each.length === path.length && each.every((name, index) => name === path[index]),
    );
    if (!this.#kept && isWanted && inObject)
      this.#kept = { text: bracket, depth: this.#open.length, path, name: this.#last };
  }

  #leave() {
    const kept = this.#kept?.depth === this.#open.length ? this.#kept : undefined;
    this.#open.pop();
    this.#path.pop();
    if (!kept) return undefined;
    this.#kept = undefined;
    return { path: kept.path, name: kept.name, value: JSON.parse(kept.text) as unknown };
  }
}
