import type { Diagnostic } from "./pack.ts";
import { nameOfUrn } from "./resources.ts";
import type { StackFile } from "./stack-file.ts";

interface Setting {
  key: string;
  line: number | undefined;
}

/**
 * The setting of the stack that decides what a rule found, as far as that can be told: one that the rule names, or the
 * GPU pool whose name the resource bears.
 */
export function settingOf(
  { message, urn }: Diagnostic,
  fix: string | undefined,
  file: StackFile | undefined,
): Setting | undefined {
  const pool = urn === undefined ? undefined : gpuPool(nameOfUrn(urn), file);
  if (pool !== undefined) return pool;
  const [, key] = /\b(skyloom:[A-Za-z]+)\b/.exec(`${message} ${fix ?? ""}`) ?? [];
  return key === undefined ? undefined : { key, line: file?.lineOf([key]) };
}

function gpuPool(resource: string, file: StackFile | undefined): Setting | undefined {
  const key = "skyloom:gpuPools";
  const pools = file?.config[key];
  if (!Array.isArray(pools)) return undefined;
  const index = pools.findIndex(({ name }) => typeof name === "string" && resource === `pool-${name}`);
  return index < 0 ? undefined : { key, line: file?.lineOf([key, index]) };
}
