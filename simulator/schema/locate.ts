import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);

/** The providers that the simulator stands in for. */
export const PACKAGES = ["aws", "azure-native", "gcp", "kubernetes", "docker-build"] as const;
export type PackageName = (typeof PACKAGES)[number];

export interface Sdk {
  package: PackageName;
  folder: string;
  version: string;
}

/** Where a type is declared: `export declare class NAME` in `file`, with `NAMEArgs` beside it. */
export interface Declaration {
  sdk: Sdk;
  file: string;
  name: string;
}

const sdks = new Map<PackageName, Sdk>();
const listings = new Map<string, Map<string, string>>();

export function isPackage(name: string | undefined): name is PackageName {
  return PACKAGES.includes(name as PackageName);
}

/** The installed SDK of a provider. Throws when its npm package is missing. */
export function sdkOf(name: PackageName): Sdk {
  const known = sdks.get(name);
  if (known) return known;
  const file = require.resolve(`@pulumi/${name}/package.json`);
  const version = String(JSON.parse(readFileSync(file, "utf8")).version);
  const sdk = { package: name, folder: dirname(file), version };
  sdks.set(name, sdk);
  return sdk;
}

/** The files of a folder by their lower-case name: the SDKs' file names differ from tokens in case only. */
function filesOf(folder: string): Map<string, string> {
  const known = listings.get(folder);
  if (known) return known;
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const listing = new Map(files.map((file) => [file.toLowerCase(), file]));
  listings.set(folder, listing);
  return listing;
}

/** The folder inside the SDK that a token's module part stands for, e.g. `rbac.authorization.k8s.io/v1` → `rbac/v1`. */
function moduleFolder(sdk: Sdk, module: string): string {
  if (sdk.package === "kubernetes") {
    const [group = "", ...rest] = module.split("/");
    return join(sdk.folder, group.split(".")[0] ?? "", ...rest);
  }
  const folder = module.split("/")[0] ?? "";
  return folder === "index" ? sdk.folder : join(sdk.folder, folder);
}

/**
 * Finds the declaration of a resource type (`aws:eks/cluster:Cluster`, `kubernetes:apps/v1:Deployment`) or an invoke
 * (`gcp:compute/getZones:getZones`); undefined when the SDK has none, as for a custom resource of Kubernetes.
 */
export function locate(token: string): Declaration | undefined {
  const [packageName, module = "", name = ""] = token.split(":");
  if (!isPackage(packageName)) return undefined;
  const sdk = sdkOf(packageName);
  const folder = moduleFolder(sdk, module);
  const file = filesOf(folder).get(`${name.toLowerCase()}.d.ts`);
  return file ? { sdk, file: join(folder, file), name } : undefined;
}

/** Tokens of the same module, for a suggestion when a token is misspelled. */
export function neighbours(token: string): string[] {
  const [packageName, module = ""] = token.split(":");
  if (!isPackage(packageName)) return [];
  const names = [...filesOf(moduleFolder(sdkOf(packageName), module)).values()];
  return names.filter((name) => name.endsWith(".d.ts")).map((name) => name.slice(0, -5));
}
