import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { type Input, jsonStringify } from "@pulumi/pulumi";
import type { Grant, WorkloadIdentity } from "../../cloud.ts";
import type { AwsContext } from "./foundation.ts";
import { roleNameOf } from "./identity.ts";
import type { AwsKeys } from "./keys.ts";

export interface Statement {
  Effect: "Allow";
  Action: string[];
  Resource: Input<string>[];
  /** When it holds besides. */
  Condition?: object;
}

/** Gives the identity's role a policy of its own with just these statements; the workload waits for that. */
export function grant(
  { parent }: AwsContext,
  identity: WorkloadIdentity,
  what: string,
  statements: Statement[],
): Grant {
  const policy = new RolePolicy(
    `grant-${what}-${identity.name}`,
    {
      name: what,
      role: roleNameOf(identity),
      policy: jsonStringify({ Version: "2012-10-17", Statement: statements }),
    },
    { parent },
  );
  identity.dependsOn.push(policy);
  return { state: "granted", resources: [policy] };
}

/** What reading, or writing as well, takes of the key that the data are encrypted with; nothing where AWS has the key. */
export function keyStatements({ data }: AwsKeys, access: "read" | "write"): Statement[] {
  if (data === undefined) return [];
  const actions = access === "read" ? ["kms:Decrypt"] : ["kms:Decrypt", "kms:GenerateDataKey"];
  return [{ Effect: "Allow", Action: actions, Resource: [data.arn] }];
}
