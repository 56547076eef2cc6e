import { createHash } from "node:crypto";
import type { PackageName } from "./schema/locate.ts";
import { type Properties, textAt } from "./values.ts";

/** The account that all simulated resources belong to. */
export const AWS_ACCOUNT = "123456789012";
export const AZURE_SUBSCRIPTION = "00000000-0000-4000-8000-000000000001";
export const AZURE_TENANT = "00000000-0000-4000-8000-00000000000a";
export const GCP_PROJECT_NUMBER = "123456789012";

/** One configured provider instance: what `pulumi.providers.X` was given. */
export interface Session {
  provider: PackageName;
  config: Properties;
  /** Region (AWS, Google Cloud) or location (Azure); empty when not configured. */
  region: string;
  /** Google Cloud's project id; empty when not configured. */
  project: string;
  subscription: string;
}

type Environment = { [name: string]: string | undefined };

function firstText(config: Properties, name: string, environment: Environment, variables: string[]): string {
  const configured = textAt(config, name);
  if (configured) return configured;
  return variables.map((variable) => environment[variable]).find((value) => value) ?? "";
}

/** Reads a provider's configuration, and the environment variables that the real provider reads as well. */
export function createSession(
  provider: PackageName,
  config: Properties,
  environment: Environment = process.env,
): Session {
  const read = (name: string, ...variables: string[]) => firstText(config, name, environment, variables);
  const session = { provider, config, region: "", project: "", subscription: "" };
  switch (provider) {
    case "aws":
      return { ...session, region: read("region", "AWS_REGION", "AWS_DEFAULT_REGION") };
    case "azure-native":
      return {
        ...session,
        region: read("location", "ARM_LOCATION_NAME"),
        subscription: read("subscriptionId", "ARM_SUBSCRIPTION_ID") || AZURE_SUBSCRIPTION,
      };
    case "gcp":
      return {
        ...session,
        region:
          read("region", "GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION") ||
          read("zone", "GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE").replace(/-[a-z]$/, ""),
        project: read(
          "project",
          "GOOGLE_PROJECT",
          "GOOGLE_CLOUD_PROJECT",
          "GCLOUD_PROJECT",
          "CLOUDSDK_CORE_PROJECT",
        ),
      };
    default:
      return session;
  }
}

/** Text that looks random but is the same for the same seed. */
export class Seed {
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** `length` hexadecimal digits; another `purpose` gives other digits. */
  hex(length: number, purpose = ""): string {
    let digits = "";
    for (let round = 0; digits.length < length; round++)
      digits += createHash("sha256").update(`${this.#seed}\n${purpose}\n${round}`).digest("hex");
    return digits.slice(0, length);
  }

  /** Decimal digits, the first of them not zero. */
  digits(length: number, purpose = ""): string {
    const digits = [...this.hex(length, `digits ${purpose}`)].map((digit) => Number.parseInt(digit, 16) % 10);
    return String(digits[0] || 1) + digits.slice(1).join("");
  }

  uuid(purpose = ""): string {
    const hex = this.hex(32, `uuid ${purpose}`);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  /** An address of a documentation network (RFC 5737). */
  publicAddress(purpose = ""): string {
    return `203.0.113.${1 + (Number.parseInt(this.hex(4, `address ${purpose}`), 16) % 254)}`;
  }

  privateAddress(purpose = ""): string {
    const number = Number.parseInt(this.hex(6, `private ${purpose}`), 16);
    return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${1 + (number & 127)}`;
  }
}

/** What the functions that make ids, outputs and errors may use. */
export interface ResourceContext {
  session: Session;
  type: string;
  /** The last part of the URN: the name in the Pulumi program. */
  name: string;
  inputs: Properties;
  seed: Seed;
}

/** The last part of an URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Where the resource lives: its own region or location when it has one, that of its cluster, or the provider's. */
export function regionOf(context: { session: Session; inputs: Properties }): string {
  const { inputs, session } = context;
  const properties = session.provider === "aws" ? ["region"] : ["location", "region"];
  const own = properties.map((property) => textAt(inputs, property)).find((text) => text);
  const cluster = /\/locations\/([^/]+)\/clusters\//.exec(textAt(inputs, "cluster") ?? "")?.[1];
  return own ?? cluster ?? session.region;
}

/** Google Cloud's project of a resource. */
export function projectOf(context: { session: Session; inputs: Properties }): string {
  return textAt(context.inputs, "project") ?? context.session.project;
}
