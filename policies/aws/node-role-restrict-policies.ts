import type { PolicyResource } from "@pulumi/policy";
import { eksBenchmark } from "../benchmarks.ts";
import { listOf } from "../property-path.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
import { namedBy, naming, type Related } from "../stack/related.ts";
import { checkEach, unknownValue } from "../unknown-values.ts";
import { attachments } from "./policy-attachments.ts";
import { nodeGroup, role } from "./types.ts";

const allowed = [
  "AmazonEC2ContainerRegistryReadOnly",
  "AmazonEC2ContainerRegistryPullOnly",
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEKS_CNI_Policy",
];
const outputs = ["name", "id", "arn"];

/** Every pod of a node can become the node. */
export const nodeRoleRestrictPolicies: StackRule = {
  name: "node-role-restrict-policies",
  description: "The role of nodes may do what a node must, and no more.",
  severity: "high",
  framework: eksBenchmark("5.1.3"),
  remediationSteps: `Leave the role these only: ${allowed.join(", ")}. Give the rest to workloads' own roles.`,
  checkStack(stack, report) {
    const seen = new Set<PolicyResource>();
    stack.each(stack.all(nodeGroup), (group) => {
      const roles = namedBy(stack, group, { path: "nodeRoleArn", outputs: ["arn"] }, stack.all(role));
      stack.each(
        roles.found.filter((each) => !seen.has(each)),
        (nodeRole) => {
          seen.add(nodeRole);
          checkEach(policiesOf(nodeRole, stack), (policy) => {
            const name = policy();
            if (!allowed.includes(name)) report(`the role of nodes also has ${name}`, nodeRole);
          });
        },
      );
      if (roles.open.length > 0) throw unknownValue("nodeRoleArn");
    });
  },
};

/** Names of what is attached to the role in any of the ways there are; each may be unknown yet. */
function policiesOf(nodeRole: PolicyResource, stack: CheckedStack): (() => string)[] {
  const byRole = { path: "role", outputs };
  const attached = naming(stack, stack.all(...attachments), byRole, nodeRole);
  const inList = naming(stack, stack.all(...attachments), { path: "roles", outputs }, nodeRole);
  const inline = naming(stack, stack.all("aws:iam/rolePolicy:RolePolicy"), byRole, nodeRole);
  const own = stack.asked(nodeRole);
  const nameOf = (arn: unknown) => String(arn).split("/").at(-1) ?? "";
  return [
    ...[...attached.found, ...inList.found].map((each) => () => nameOf(stack.asked(each).policyArn)),
    ...inline.found.map(
      ({ name }) =>
        () =>
          `the inline policy ${name}`,
    ),
    ...[attached, inList, inline].flatMap(whatMayBeMore),
    ...listOf(own.managedPolicyArns).map((arn) => () => nameOf(arn)),
    ...listOf(own.inlinePolicies).map(
      ({ name }) =>
        () =>
          `the inline policy ${name}`,
    ),
  ];
}

function whatMayBeMore({ open }: Related): (() => string)[] {
  if (open.length === 0) return [];
  return [
    () => {
      throw unknownValue("role");
    },
  ];
}
