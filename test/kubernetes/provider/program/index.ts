// Declares the objects that the file objects.json lists: a test writes it before each update.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type { Declared, Program } from "./declared.ts";

type ResourceClass = new (
  name: string,
  inputs: object,
  options: pulumi.CustomResourceOptions,
) => pulumi.CustomResource;

const require = createRequire(import.meta.url);
const { provider, objects } = JSON.parse(readFileSync("objects.json", "utf8")) as Program;
const CustomResource: ResourceClass =
  require("@pulumi/kubernetes/apiextensions/customResource.js").CustomResource;
const made = new Map<string, pulumi.CustomResource>();

/** `{"$of": "NAME", "path": "metadata.name"}` is another object's output, `{"$secret": VALUE}` a secret. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  const { $of, path, $secret } = value as { $of?: string; path?: string; $secret?: unknown };
  if ($secret !== undefined) return pulumi.secret($secret);
  if ($of !== undefined) return outputOf($of, path ?? "");
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item)]));
}

function outputOf(name: string, path: string): pulumi.Output<unknown> {
  const [first = "", ...rest] = path.split(".");
  const outputs = made.get(name) as unknown as { [property: string]: pulumi.Output<unknown> };
  const found = outputs[first];
  if (!found) throw new Error(`${name} has no output ${path}`);
  type Inner = { [key: string]: unknown } | undefined;
  return found.apply((value) => rest.reduce<unknown>((inner, key) => (inner as Inner)?.[key], value));
}

/** The SDK's class of a kind, e.g. of apps/v1 Deployment; the general one for custom resources. */
function classOf({ apiVersion, kind }: Declared): ResourceClass {
  const folder = apiVersion === "v1" ? "core/v1" : apiVersion.replace(/\.[a-z.]*k8s\.io\//, "/");
  const file = `${kind[0]?.toLowerCase()}${kind.slice(1)}`;
  try {
    const sdk: { [name: string]: ResourceClass } = require(`@pulumi/kubernetes/${folder}/${file}.js`);
    return sdk[kind] ?? CustomResource;
  } catch {
    return CustomResource;
  }
}

function optionsOf({ dependsOn, options }: Declared): pulumi.CustomResourceOptions {
  return {
    ...(explicit && { provider: explicit }),
    ...(dependsOn && {
      dependsOn: dependsOn.map((name) => made.get(name)).filter((one) => one !== undefined),
    }),
    ...options,
  };
}

const explicit =
  provider && new (require("@pulumi/kubernetes/provider.js").Provider)("cluster", resolve(provider));
for (const declared of objects) {
  const { resourceName, apiVersion, kind, dependsOn: _, options: __, ...rest } = declared;
  const Class = classOf(declared);
  const inputs = { apiVersion, kind, ...(resolve(rest) as object) };
  made.set(resourceName, new Class(resourceName, inputs, optionsOf(declared)));
}

export const ids = Object.fromEntries([...made].map(([name, resource]) => [name, resource.id]));
