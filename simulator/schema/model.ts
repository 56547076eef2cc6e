/** The type of one property, as the SDK declares it. */
export type PropertyType =
  | { kind: "string" | "number" | "boolean" | "any" | "asset" | "archive" }
  | { kind: "literal"; value: string | number | boolean }
  /** `open`: the SDK also takes any other text, because the service may know more values. */
  | { kind: "enum"; name: string; values: (string | number)[]; open: boolean }
  | { kind: "array"; of: PropertyType }
  | { kind: "map"; of: PropertyType }
  | { kind: "object"; reference: string }
  | { kind: "union"; of: PropertyType[] };

export interface Property {
  type: PropertyType;
  required: boolean;
  /** The sentence of the SDK's documentation that says a change replaces the resource. */
  replaces?: string;
}

export type ObjectType = { [property: string]: Property };

/** What is known about a resource type or an invoke from its SDK. */
export interface TypeSchema {
  token: string;
  /** The npm package and its version, e.g. `@pulumi/aws 7.48.0`. */
  sdk: string;
  inputs: ObjectType;
  /** Properties beside the declared ones are allowed: an object of a custom resource definition. */
  open?: true;
  outputs: ObjectType;
  /** Object types that `reference` names. */
  definitions: { [reference: string]: ObjectType };
}
