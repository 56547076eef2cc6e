import { type CheckFailure, validate } from "./check/validate.ts";
import type { PackageName } from "./schema/locate.ts";
import type { TypeSchema } from "./schema/model.ts";
import type { Session } from "./session.ts";
import { isProperties, type Properties, type Value } from "./values.ts";

/** Keys that the engine puts beside a provider's own options. */
const ENGINE_KEYS = new Set([
  "version",
  "pluginDownloadURL",
  "pluginChecksums",
  "parameterization",
  "__internal",
]);

/** Provider options travel as text: everything that is not text is JSON inside it. */
export function decodeConfiguration(schema: TypeSchema, raw: Properties): Properties {
  const result: Properties = {};
  for (const [name, value] of Object.entries(raw)) {
    if (ENGINE_KEYS.has(name)) continue;
    const declared = Object.hasOwn(schema.inputs, name) ? schema.inputs[name] : undefined;
    result[name] = declared && typeof value === "string" ? decode(declared.type.kind, value) : value;
  }
  return result;
}

function decode(kind: string, text: string): Value {
  if (kind === "string" || kind === "enum") return text;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}

/** What is wrong with a provider's options. */
export function checkConfiguration(schema: TypeSchema, config: Properties): CheckFailure[] {
  const name = schema.token.split(":").at(-1);
  return validate(schema, config).map(({ property, reason }) => ({
    property,
    reason: `could not validate provider configuration: ${reason}. Check \`pulumi config get ${name}:${property}\`.`,
  }));
}

/** What the provider says when it cannot work at all as configured; undefined when it can. */
export function missingConfiguration(session: Session): string | undefined {
  const messages: Partial<{ [name in PackageName]: string }> = {
    aws: "Missing region information\nThe provider couldn't find the region. Either set the AWS_REGION environment variable, or:\n    pulumi config set aws:region us-west-2",
    gcp: "project: required field is not set\nSet it with `pulumi config set gcp:project PROJECT` or the environment variable GOOGLE_PROJECT",
  };
  if (session.provider === "aws" && session.region === "") return messages.aws;
  if (session.provider === "gcp" && session.project === "") return messages.gcp;
  return accountMismatch(session);
}

function accountMismatch(session: Session): string | undefined {
  const allowed = session.config.allowedAccountIds;
  if (session.provider !== "aws" || !Array.isArray(allowed) || allowed.length === 0) return undefined;
  return allowed.includes("123456789012") ? undefined : "AWS account ID not allowed: 123456789012";
}

/** Options whose change replaces a provider, and with it everything that it made. */
const REPLACING: { [name in PackageName]: string[] } = {
  aws: ["region"],
  "azure-native": ["subscriptionId", "tenantId", "environment"],
  gcp: ["project"],
  kubernetes: ["clusterIdentifier"],
  "docker-build": [],
};

/** The options that differ and replace; for Kubernetes the kubeconfig counts unless a cluster identifier says which cluster it is. */
export function replacingOptions(name: PackageName, olds: Properties, news: Properties): string[] {
  const differing = REPLACING[name].filter((option) => olds[option] !== news[option]);
  if (name !== "kubernetes" || news.clusterIdentifier !== undefined) return differing;
  return olds.kubeconfig !== news.kubeconfig ? [...differing, "kubeconfig"] : differing;
}

export function isConfiguration(value: Value | undefined): value is Properties {
  return isProperties(value);
}
