import { Secret } from "@pulumi/policy";
import * as proxies from "@pulumi/policy/proxy.js";
import type { ResourceRule } from "../rule.ts";
import { processType } from "./process-type.ts";

/** Left out of the SDK's types, though exported. */
const { isSpecialProxy, getSpecialProxyTarget } = proxies as unknown as {
  isSpecialProxy: string;
  getSpecialProxyTarget: string;
};

const secretName = /(^|_)(TOKEN|PASSWORD|SECRET|KEY)$/;

/**
 * What its name tells to be a secret must not stand in the state as plain text. Only a remediation sees which values
 * are secrets (a validation gets all of them as plain text), so the rule does not refuse: it makes them secrets.
 */
export const processEncryptEnvironmentSecrets: ResourceRule = {
  name: "process-encrypt-environment-secrets",
  description:
    "Values of a process's environment named TOKEN, PASSWORD, SECRET or KEY are secrets; plain ones are made secret.",
  enforcementLevel: "remediate",
  severity: "high",
  remediationSteps: "Give the value as pulumi.secret(…), or set it with `pulumi config set --secret`.",
  types: [processType],
  remediate({ props }) {
    if (withoutProxies(props).environment instanceof Secret) return false;
    const environment = props.environment ?? {};
    const plain = Object.entries(withoutProxies(environment))
      .filter(([name, value]) => secretName.test(name) && !(value instanceof Secret))
      .map(([name]) => name);
    // Reading through the proxy throws where the value is unknown: then the SDK says that it could not be checked.
    for (const name of plain) environment[name] = new Secret(environment[name]);
    return plain.length > 0;
  },
};

/** The SDK's proxies hide which values are secrets. */
function withoutProxies(value: Record<string, unknown>): Record<string, unknown> {
  return value[isSpecialProxy] ? withoutProxies(value[getSpecialProxyTarget] as typeof value) : value;
}
