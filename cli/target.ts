import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { machineClouds } from "../components/cloud.ts";
import { type PricedCloud, pricedClouds } from "../pricing/row-schema.ts";
import { projectFolder, stackFile, stateFolder } from "./project.ts";

/** A stack, on the clouds themselves or on simulated ones. */
export interface Target {
  stack: string;
  /** On simulated providers, with a backend and a state of their own. */
  offline: boolean;
}

/** Whether the stack's state is this project's own, and nothing that it changes costs money. */
export function isOwn(target: Target): boolean {
  return target.offline || runsOnThisMachine(target);
}

/** Whether the engine puts objects into a real cluster for it. */
export function hasRealCluster(target: Target): boolean {
  return !target.offline && !runsOnThisMachine(target);
}

function runsOnThisMachine({ stack }: Target): boolean {
  return machineClouds.includes(cloudOf(stack));
}

/** The cloud that bills the stack; undefined where none does, or where it is not known which. */
export function billedCloud(stack: string): PricedCloud | undefined {
  return pricedClouds.find((cloud) => cloud === cloudOf(stack));
}

function cloudOf(stack: string): string {
  const file = parse(readFileSync(stackFile(stack), "utf8")) as { config?: Record<string, unknown> } | null;
  return String(file?.config?.["skyloom:cloud"] ?? "local");
}

export function offlineFolder(stack: string): string {
  return join(stateFolder, "offline", stack);
}

/** The copy of the stack's configuration that an offline stack uses, with a salt of its own. */
export function offlineStackFile(stack: string): string {
  return join(offlineFolder(stack), `Pulumi.${stack}.yaml`);
}

/** The folder of the file backend of a stack whose state is our own. */
export function backendFolder(target: Target): string {
  return join(target.offline ? offlineFolder(target.stack) : stateFolder, "pulumi");
}

/** Programs, providers and policy packs start half a second sooner when Node finds here what it compiled before. */
export function compileCache(): string {
  return process.env.NODE_COMPILE_CACHE ?? join(stateFolder, "cache", "node");
}

/**
 * What a plain `npx pulumi` needs. A stack of our own has an empty passphrase on purpose: a real one would have to
 * lie beside the state that it protects, so the state folder is readable by its owner only instead. A stack in a
 * cloud keeps the user's own backend and passphrase.
 */
export function pulumiSettings(target: Target): Record<string, string> {
  return {
    PULUMI_OPTION_POLICY_PACK: join(projectFolder, "policies"),
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    NODE_COMPILE_CACHE: compileCache(),
    ...(isOwn(target) && {
      PULUMI_BACKEND_URL: pathToFileURL(backendFolder(target)).href,
      PULUMI_CONFIG_PASSPHRASE: "",
    }),
    ...(target.offline && { PULUMI_OPTION_CONFIG_FILE: offlineStackFile(target.stack) }),
  };
}
