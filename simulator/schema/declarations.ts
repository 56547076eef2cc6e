import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sdk } from "./locate.ts";

// The SDKs' generated files hold up to 7 MB of types each. Parsing them whole takes seconds; the generator's fixed
// indentation lets us cut out the one declaration that is needed and leave only that to the TypeScript parser.

/** The part of a generated .d.ts file that declares a block (`namespace eks`, `interface PodSpec`) at this indentation. */
function block(text: string, head: RegExp, indent: string): string | undefined {
  const found = head.exec(text);
  if (!found) return undefined;
  const end = text.indexOf(`\n${indent}}`, found.index);
  return end < 0 ? undefined : text.slice(found.index, end + indent.length + 2);
}

function literal(name: string): string {
  return name.replace(/[$.]/g, "\\$&");
}

/** The text of files and of their namespaces, read once for each process. */
export class Declarations {
  readonly #texts = new Map<string, string>();

  text(file: string): string {
    let text = this.#texts.get(file);
    if (text === undefined) {
      text = readFileSync(file, "utf8");
      this.#texts.set(file, text);
    }
    return text;
  }

  /** `inputs.core.v1.PodSpec` → the interface's text in types/input.d.ts, undefined when there is none. */
  objectType(sdk: Sdk, side: "input" | "output", path: string): string | undefined {
    const names = path.split(".");
    const name = names.pop() ?? "";
    const scope = this.#namespace(join(sdk.folder, `types/${side}.d.ts`), names);
    const indent = "    ".repeat(names.length);
    const head = new RegExp(`^${indent}(?:export )?interface ${literal(name)} (?:extends [^{]*)?\\{`, "m");
    return scope === undefined ? undefined : block(scope, head, indent);
  }

  #namespace(file: string, names: string[]): string | undefined {
    if (names.length === 0) return this.text(file);
    const key = `${file}#${names.join(".")}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const outer = this.#namespace(file, names.slice(0, -1));
    const indent = "    ".repeat(names.length - 1);
    const head = new RegExp(
      `^${indent}(?:export declare )?namespace ${literal(names.at(-1) ?? "")} \\{`,
      "m",
    );
    const text = outer === undefined ? undefined : block(outer, head, indent);
    if (text !== undefined) this.#texts.set(key, text);
    return text;
  }

  /** The text of `export declare const NAME: {…}` that lists an enum's values. */
  enumType(sdk: Sdk, path: string): string | undefined {
    const names = path.split(".");
    const name = names.pop() ?? "";
    const file = join(sdk.folder, "types/enums", ...names, "index.d.ts");
    return block(this.text(file), new RegExp(`^export declare const ${literal(name)}: \\{`, "m"), "");
  }

  /** An interface or class that a resource's own file declares at its top level. */
  topLevel(file: string, keyword: "interface" | "class", name: string): string | undefined {
    const head = new RegExp(`^export (?:declare )?${keyword} ${literal(name)} (?:extends [^{]*)?\\{`, "m");
    return block(this.text(file), head, "");
  }
}
