import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const QUERY = "?mutant=";

/** Loads modules of a folder anew, one of them with another source. */
export class MutantLoader {
  readonly #folder: string;
  readonly #hooks: { deregister(): void };
  #number = 0;
  #file = "";
  #source = "";

  constructor(folder: string) {
    this.#folder = pathToFileURL(folder).href;
    this.#hooks = registerHooks({
      resolve: (specifier, context, next) => {
        const resolved = next(specifier, context);
        const query = /\?mutant=\d+$/.exec(context.parentURL ?? "")?.[0];
        const isOurs = query !== undefined && resolved.url.startsWith(this.#folder);
        return isOurs && !resolved.url.includes(QUERY)
          ? { ...resolved, url: resolved.url + query }
          : resolved;
      },
      load: (url, context, next) => {
        const [path = "", query] = url.split(QUERY);
        if (query === undefined) return next(url, context);
        const file = fileURLToPath(path);
        const source = file === this.#file ? this.#source : readFileSync(file, "utf8");
        return { format: "module-typescript", source, shortCircuit: true };
      },
    });
  }

  /** Says what the next modules are loaded with. */
  change(file: string, source: string): void {
    this.#number += 1;
    this.#file = file;
    this.#source = source;
  }

  /** The exports of a module and of what it imports, as changed. */
  async load(file: string): Promise<Record<string, unknown>> {
    return await import(`${pathToFileURL(file).href}${QUERY}${this.#number}`);
  }

  close(): void {
    this.#hooks.deregister();
  }
}
