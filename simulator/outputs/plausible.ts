import type { ObjectType, PropertyType, TypeSchema } from "../schema/model.ts";
import { AWS_ACCOUNT, AZURE_TENANT, type ResourceContext, regionOf } from "../session.ts";
import { isProperties, type Properties, type Value } from "../values.ts";

/** Time of creation of everything simulated, where an output wants one: outputs must be the same on every run. */
export const CREATED = "2026-01-01T00:00:00Z";

const DEEPEST = 4; // levels of computed objects: some types contain themselves

export interface Known {
  id: string;
  arn: string;
}

/** Makes up the outputs that the SDK's class promises and the inputs do not give, by their name and type. */
export class Plausible {
  readonly #schema: TypeSchema;
  readonly #context: ResourceContext;
  readonly #known: Known;

  constructor(schema: TypeSchema, context: ResourceContext, known: Known) {
    this.#schema = schema;
    this.#context = context;
    this.#known = known;
  }

  /** Inputs as they come back, with what the provider computes added. */
  outputs(inputs: Properties): Properties {
    const result: Properties = { ...inputs };
    for (const [name, property] of Object.entries(this.#schema.outputs)) {
      if (name === "urn" || name === "id") continue;
      const given = inputs[name];
      if (given !== undefined) result[name] = this.#complete(property.type, given, name);
      else if (property.required && this.#isComputed(name, property.type))
        result[name] = this.#value(property.type, name, name, 1);
    }
    return result;
  }

  /** An input that was left out keeps its default, which we do not know: only plain ones are made up. */
  #isComputed(name: string, type: PropertyType): boolean {
    const isInput = this.#schema.inputs[name] !== undefined;
    return !isInput || ["string", "number", "boolean"].includes(type.kind);
  }

  /** Adds what the service computes inside an object that was given, e.g. `identity.principalId`. */
  #complete(type: PropertyType, given: Value, path: string): Value {
    if (type.kind === "array" && Array.isArray(given))
      return given.map((item, index) => this.#complete(type.of, item, `${path}.${index}`));
    if (type.kind !== "object" || !isProperties(given)) return given;
    const definition = this.#schema.definitions[type.reference] ?? {};
    const result: Properties = { ...given };
    for (const [name, property] of Object.entries(definition)) {
      const inner = given[name];
      if (inner !== undefined) result[name] = this.#complete(property.type, inner, `${path}.${name}`);
      else if (property.required && property.type.kind === "string")
        result[name] = this.#value(property.type, name, `${path}.${name}`, 1);
    }
    return result;
  }

  #value(type: PropertyType, name: string, path: string, depth: number): Value {
    switch (type.kind) {
      case "string":
        return this.#text(name, path);
      case "number":
        return /port$/i.test(name) ? 443 : 0;
      case "boolean":
        return false;
      case "literal":
        return type.value;
      case "enum":
        return type.values[0] ?? "";
      case "array":
        return [];
      case "map":
        return {};
      case "object":
        return depth > DEEPEST
          ? {}
          : this.#object(this.#schema.definitions[type.reference] ?? {}, path, depth + 1);
      case "union":
        return type.of[0] ? this.#value(type.of[0], name, path, depth) : "";
      default:
        return "";
    }
  }

  #object(definition: ObjectType, path: string, depth: number): Properties {
    const result: Properties = {};
    for (const [name, property] of Object.entries(definition))
      if (property.required) result[name] = this.#value(property.type, name, `${path}.${name}`, depth);
    return result;
  }

  #text(name: string, path: string): string {
    const { seed, session } = this.#context;
    const azure = session.provider === "azure-native";
    for (const [pattern, text] of TEXTS)
      if (pattern.test(name)) return text(this.#context, this.#known, path);
    if (/id$/i.test(name)) return azure ? seed.uuid(path) : seed.hex(17, path);
    return `${this.#context.name}-${seed.hex(6, path)}`;
  }
}

type Text = (context: ResourceContext, known: Known, path: string) => string;

/** Text of a computed property by its name; the first pattern that fits counts. */
const TEXTS: [RegExp, Text][] = [
  [/^arn$/i, (_, known) => known.arn],
  [/arn$/i, (_, known, path) => `${known.arn}/${path}`],
  [/^name$/i, (_, known) => known.id.split("/").at(-1) ?? known.id],
  [/^azureApiVersion$/, () => "2025-09-01"],
  [/^tenantId$/i, () => AZURE_TENANT],
  [/^(ownerId|accountId|registryId)$/, () => AWS_ACCOUNT],
  [/^(region|location)$/i, (context) => regionOf(context)],
  [/^selfLink$/, (context, known) => selfLink(context, known)],
  [/^provisioningState$/i, () => "Succeeded"],
  [/^(status|state)$/i, (context) => (context.session.provider === "gcp" ? "RUNNING" : "ACTIVE")],
  [/(e?tag|fingerprint|checksum)$/i, (context, _, path) => context.seed.hex(12, path)],
  [/(time(stamp)?|date|At)$/i, () => CREATED],
  [/email$/i, (context) => `${context.name}@example.com`],
  [/(url|uri|endpoint)$/i, (context, _, path) => `https://${context.seed.hex(8, path)}.example.com`],
  [/(fqdn|host(name)?|domain(name)?)$/i, (context, _, path) => `${context.seed.hex(8, path)}.example.com`],
  [/ip(v4)?(address)?$/i, (context, _, path) => context.seed.privateAddress(path)],
  [/version$/i, () => "1"],
];

function selfLink(context: ResourceContext, known: Known): string {
  const service = context.type.split(":")[1]?.split("/")[0] ?? "compute";
  return `https://www.googleapis.com/${service}/v1/${known.id}`;
}
