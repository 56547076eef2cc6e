import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Declarations } from "./declarations.ts";
import { Deriver } from "./derive.ts";
import { isPackage, locate, type PackageName, type Sdk, sdkOf } from "./locate.ts";
import type { TypeSchema } from "./model.ts";

const require = createRequire(import.meta.url);

/** Where derived schemas are kept when the caller names no folder: beside the SDKs that they come from. */
export function defaultCacheFolder(): string {
  return join(dirname(dirname(sdkOf("aws").folder)), ".cache/skyloom-simulator");
}

/** A change of the derivation makes schemas derived before it useless: its source is part of the cache's key. */
function derivationVersion(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(import.meta.dirname).sort())
    hash.update(readFileSync(join(import.meta.dirname, file)));
  return hash.digest("hex").slice(0, 12);
}

/** The types of resources and invokes, derived when first asked for and kept on disk by SDK version. */
export class SchemaRepository {
  readonly #folder: string;
  readonly #version = derivationVersion();
  readonly #schemas = new Map<string, TypeSchema | undefined>();
  #declarations: Declarations | undefined;

  constructor(folder: string = defaultCacheFolder()) {
    this.#folder = folder;
  }

  /** The schema of a resource type or an invoke; undefined when its SDK declares none. */
  find(token: string): TypeSchema | undefined {
    if (this.#schemas.has(token)) return this.#schemas.get(token);
    const declaration = locate(token);
    const schema =
      declaration &&
      this.#cached(declaration.sdk, token, () =>
        // Objects of Kubernetes come back as they were sent: their outputs need no types.
        this.#deriver(declaration.sdk).schema(token, declaration, {
          outputs: declaration.sdk.package !== "kubernetes",
        }),
      );
    this.#schemas.set(token, schema);
    return schema;
  }

  /** The schema of a provider's own configuration. */
  provider(name: PackageName): TypeSchema {
    const token = `pulumi:providers:${name}`;
    const known = this.#schemas.get(token);
    if (known) return known;
    const sdk = sdkOf(name);
    const schema = this.#cached(sdk, token, () =>
      this.#deriver(sdk).provider(token, join(sdk.folder, "provider.d.ts")),
    );
    this.#schemas.set(token, schema);
    return schema;
  }

  #deriver(sdk: Sdk): Deriver {
    this.#declarations ??= new Declarations();
    return new Deriver(require("typescript"), this.#declarations, sdk);
  }

  #cached(sdk: Sdk, token: string, derive: () => TypeSchema): TypeSchema {
    const name = `${token.replace(/[^A-Za-z0-9]+/g, "_")}.json`;
    const folder = join(this.#folder, `${sdk.package}-${sdk.version}-${this.#version}`);
    const stored = read(join(folder, name));
    if (stored) return stored;
    const schema = derive();
    write(folder, name, schema);
    return schema;
  }
}

function read(file: string): TypeSchema | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as TypeSchema;
  } catch {
    return undefined; // not there, or cut short by a full disk: it is derived again
  }
}

/** Written under another name first: a second simulator never reads half a file. */
function write(folder: string, name: string, schema: TypeSchema): void {
  try {
    mkdirSync(folder, { recursive: true });
    const temporary = join(folder, `.${randomUUID()}`);
    writeFileSync(temporary, JSON.stringify(schema));
    renameSync(temporary, join(folder, name));
  } catch {
    // A cache that cannot be written (read-only node_modules) costs time, not correctness.
  }
}

/** The package that a token belongs to; undefined for one that the simulator does not know. */
export function packageOf(token: string): PackageName | undefined {
  const name = token.startsWith("pulumi:providers:") ? token.slice(17) : token.split(":")[0];
  return isPackage(name) ? name : undefined;
}
