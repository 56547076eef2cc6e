import {
  AWS_ACCOUNT,
  AZURE_TENANT,
  GCP_PROJECT_NUMBER,
  projectOf,
  type ResourceContext,
  regionOf,
} from "../session.ts";
import { textAt } from "../values.ts";

/** How a resource type is named and identified. */
export interface ResourceShape {
  /**
   * Template of the provider's id. `{property}` is an input, `{property|base}` its part after the last slash,
   * `{property|host}` an address without its scheme; `{region}`, `{account}`, `{project}`, `{subscription}`, `{tenant}`, `{uuid}`, `{hexN}`, `{digitsN}` are made.
   */
  id: string;
  /** Template of the ARN, where it is not the id. */
  arn?: string;
  /** The input that is filled in from the Pulumi name when it is missing. Default: `name`. */
  name?: string;
}

/** Type token → shape. */
export type ShapeTable = { [type: string]: ResourceShape };

/** Fills in a template; an input that is missing gives the Pulumi name. */
export function fill(template: string, context: ResourceContext, known: { id?: string } = {}): string {
  const text = template.replace(/\{([A-Za-z.]+)(\d*)(?:\|(base|host))?\}/g, (_, word, digits, part) => {
    const text = variable(word, Number(digits || 0), context, known);
    if (part === "host") return text.replace(/^[a-z]+:\/\//, "");
    return part === "base" ? (text.split("/").at(-1) ?? text) : text;
  });
  return text.replace(/^\/\/+/, "/"); // a scope brings its own slash
}

function variable(word: string, length: number, context: ResourceContext, known: { id?: string }): string {
  const { seed, session } = context;
  switch (word) {
    case "id":
      return known.id ?? "";
    case "hex":
      return seed.hex(length, "id");
    case "digits":
      return seed.digits(length, "id");
    case "uuid":
      return seed.uuid("id");
    case "account":
      return AWS_ACCOUNT;
    case "tenant":
      return AZURE_TENANT;
    case "subscription":
      // Pub/Sub's by name where the resource has one, else Azure's account.
      return textAt(context.inputs, word) ?? session.subscription;
    case "projectNumber":
      return GCP_PROJECT_NUMBER;
    case "project":
      return projectOf(context);
    case "region":
    case "location":
      return textAt(context.inputs, word) ?? regionOf(context);
  }
  return textAt(context.inputs, word) ?? context.name;
}

/** Whether ids of this template are made up, so that two resources never collide. */
export function isGenerated(template: string): boolean {
  return /\{(hex|digits|uuid)\d*\}/.test(template);
}
