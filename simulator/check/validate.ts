import type { ObjectType, PropertyType, TypeSchema } from "../schema/model.ts";
import {
  ARCHIVE,
  ASSET,
  containsUnknown,
  isProperties,
  type Properties,
  signatureOf,
  type Value,
} from "../values.ts";
import { child, element } from "./property-path.ts";
import { suggestion } from "./suggestion.ts";

/** One thing that is wrong with a resource's inputs. */
export interface CheckFailure {
  /** Path of the property, e.g. `vpcConfig.subnetIds[0]`. */
  property: string;
  reason: string;
}

/** Compares inputs with the types that the SDK declares and returns all that is wrong; unknown values pass. */
export function validate(schema: TypeSchema, inputs: Properties): CheckFailure[] {
  const validator = new Validator(schema);
  validator.object(schema.inputs, inputs, "", schema.open === true);
  return validator.failures;
}

class Validator {
  readonly failures: CheckFailure[] = [];
  readonly #definitions: TypeSchema["definitions"];

  constructor(schema: TypeSchema) {
    this.#definitions = schema.definitions;
  }

  object(type: ObjectType, value: Properties, path: string, open = false): void {
    for (const [name, property] of Object.entries(type))
      if (property.required && value[name] === undefined)
        this.#fail(child(path, name), `missing required property '${name}'`);
    for (const [name, inner] of Object.entries(value)) {
      if (name.startsWith("__")) continue; // the SDKs' own marks
      const property = Object.hasOwn(type, name) ? type[name] : undefined;
      if (property) this.#value(property.type, inner, child(path, name));
      else if (!open)
        this.#fail(child(path, name), `unknown property '${name}'${suggestion(name, Object.keys(type))}`);
    }
  }

  #fail(property: string, reason: string): void {
    this.failures.push({ property, reason });
  }

  #value(type: PropertyType, value: Value, path: string): void {
    if (typeof value === "string" && containsUnknown(value)) return;
    switch (type.kind) {
      case "any":
        break;
      case "string":
      case "number":
      case "boolean":
        if (typeof value !== type.kind) this.#wrongType(`a ${type.kind}`, value, path);
        break;
      case "literal":
        if (value !== type.value)
          this.#fail(path, `must be ${JSON.stringify(type.value)}, not ${describe(value)}`);
        break;
      case "enum":
        this.#enum(type, value, path);
        break;
      case "asset":
      case "archive":
        if (signatureOf(value) !== ASSET && signatureOf(value) !== ARCHIVE)
          this.#wrongType(`an ${type.kind}`, value, path);
        break;
      case "array":
        this.#array(type.of, value, path);
        break;
      case "map":
        this.#map(type.of, value, path);
        break;
      case "object":
        if (isProperties(value)) this.object(this.#definitions[type.reference] ?? {}, value, path);
        else this.#wrongType("an object", value, path);
        break;
      case "union":
        this.#union(type.of, value, path);
        break;
    }
  }

  #array(type: PropertyType, value: Value, path: string): void {
    if (!Array.isArray(value)) this.#wrongType("an array", value, path);
    else for (const [index, item] of value.entries()) this.#value(type, item, element(path, index));
  }

  #map(type: PropertyType, value: Value, path: string): void {
    if (!isProperties(value)) this.#wrongType("a map", value, path);
    else for (const [name, inner] of Object.entries(value)) this.#value(type, inner, child(path, name));
  }

  #enum(type: Extract<PropertyType, { kind: "enum" }>, value: Value, path: string): void {
    const allowed = typeof type.values[0];
    if (typeof value !== allowed) {
      this.#wrongType(`a ${allowed}`, value, path);
      return;
    }
    if (type.open || type.values.includes(value as string | number)) return;
    const values = type.values.map(String);
    const hint = suggestion(String(value), values);
    this.#fail(path, `${describe(value)} is not one of ${values.join(", ")}${hint}`);
  }

  /** A union passes when one member does; else the member with the fewest problems tells what is wrong. */
  #union(members: PropertyType[], value: Value, path: string): void {
    let best: CheckFailure[] | undefined;
    for (const member of members) {
      const trial = new Validator({ definitions: this.#definitions } as TypeSchema);
      trial.#value(member, value, path);
      if (trial.failures.length === 0) return;
      if (!best || trial.failures.length < best.length) best = trial.failures;
    }
    this.failures.push(...(best ?? []));
  }

  #wrongType(expected: string, value: Value, path: string): void {
    this.#fail(path, `expected ${expected}, got ${describe(value)}`);
  }
}

/** A value in an error message: its kind, and the value itself when it is short. */
function describe(value: Value): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return signatureOf(value) ? "an asset or archive" : "an object";
  if (typeof value !== "string") return `${typeof value} ${value}`;
  return value.length > 40 ? "a string" : `string ${JSON.stringify(value)}`;
}
