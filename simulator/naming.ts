import { randomUUID } from "node:crypto";
import { isKubernetesObject } from "./outputs/kubernetes.ts";
import type { TypeSchema } from "./schema/model.ts";
import { Seed } from "./session.ts";
import { isProperties, type Properties, textAt } from "./values.ts";

/** How a provider completes the Pulumi name of a resource that is given no name of its own. */
interface AutomaticName {
  separator: string;
  digits: number;
  /** Makes the Pulumi name fit the cloud's rules. */
  clean(name: string): string;
}

const plain = (name: string) => name;

const STYLES: { [provider: string]: AutomaticName } = {
  aws: { separator: "-", digits: 7, clean: plain },
  gcp: { separator: "-", digits: 7, clean: (name) => name.toLowerCase() },
  "azure-native": { separator: "", digits: 8, clean: plain },
  kubernetes: { separator: "-", digits: 8, clean: (name) => name.toLowerCase() },
};

/** Names of storage accounts and registries take no hyphens. */
const ALPHANUMERIC = /:(StorageAccount|Registry)$/;

/** What a name of this type must begin with, besides the Pulumi name. */
const BEGINNINGS: { [type: string]: string } = { "aws:kms/alias:Alias": "alias/" };

function prefixOf(type: string, name: string): { prefix: string; digits: number } | undefined {
  const style = STYLES[type.split(":")[0] ?? ""];
  if (!style) return undefined;
  const alphanumeric = type.startsWith("azure-native:") && ALPHANUMERIC.test(type);
  const cleaned = alphanumeric ? name.toLowerCase().replace(/[^a-z0-9]/g, "") : style.clean(name);
  const lower = type.includes("s3/bucket:") ? cleaned.toLowerCase() : cleaned;
  return { prefix: `${BEGINNINGS[type] ?? ""}${lower}${style.separator}`, digits: style.digits };
}

/** Whether a name is one that `automaticName` made: such a resource may be replaced before the old one is deleted. */
export function isAutomatic(type: string, name: string, full: string): boolean {
  const found = prefixOf(type, name);
  const value = full.replace(/\.fifo$/, "");
  return (
    found !== undefined &&
    value.startsWith(found.prefix) &&
    value.length === found.prefix.length + found.digits &&
    /^[0-9a-f]+$/.test(value.slice(found.prefix.length))
  );
}

export interface NamingOptions {
  urn: string;
  type: string;
  /** The Pulumi name. */
  name: string;
  /** The input that names the resource, e.g. `bucket`. */
  property: string;
  /** Whether a resource of that name is there already. */
  isTaken(name: string): boolean;
}

/** A free name, made of the Pulumi name and digits that are the same for the same URN. */
export function automaticName(options: NamingOptions): string {
  const { type, name, urn } = options;
  const found = prefixOf(type, name) ?? { prefix: `${name}-`, digits: 7 };
  for (let round = 0; round < 100; round++) {
    const candidate = `${found.prefix}${new Seed(`${urn} name ${round}`).hex(found.digits)}`;
    if (!options.isTaken(candidate)) return candidate;
  }
  return `${found.prefix}${randomUUID().slice(0, found.digits)}`;
}

/** Inputs with the missing name filled in: the old one when that was automatic, else a new one. */
export function withName(
  schema: TypeSchema,
  inputs: Properties,
  olds: Properties,
  options: NamingOptions,
): Properties {
  if (isKubernetesObject(options.type)) return withObjectName(inputs, olds, options);
  const { property } = options;
  const declared = schema.inputs[property];
  if (!declared || declared.required || inputs[property] !== undefined) return inputs;
  if (inputs[`${property}Prefix`] !== undefined) return withPrefix(inputs, olds, options);
  const old = textAt(olds, property);
  const kept = old !== undefined && isAutomatic(options.type, options.name, old);
  const suffix = inputs.fifoQueue === true || inputs.fifoTopic === true ? ".fifo" : "";
  return { ...inputs, [property]: kept ? old : `${automaticName(options)}${suffix}` };
}

/** A name of a prefix that the program gives and digits (`namePrefix`, `bucketPrefix`). */
function withPrefix(inputs: Properties, olds: Properties, options: NamingOptions): Properties {
  const prefix = textAt(inputs, `${options.property}Prefix`) ?? "";
  const old = textAt(olds, options.property);
  const made = `${prefix}${new Seed(`${options.urn} prefix`).hex(12)}`;
  return { ...inputs, [options.property]: old?.startsWith(prefix) ? old : made };
}

function withObjectName(inputs: Properties, olds: Properties, options: NamingOptions): Properties {
  const metadata = isProperties(inputs.metadata) ? inputs.metadata : {};
  if (metadata.name !== undefined || metadata.generateName !== undefined) return inputs;
  const old = textAt(olds, "metadata.name");
  const kept = old !== undefined && isAutomatic(options.type, options.name, old);
  return { ...inputs, metadata: { ...metadata, name: kept ? old : automaticName(options) } };
}
