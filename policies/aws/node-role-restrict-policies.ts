import type { PolicyResource } from "@pulumi/policy";
import { eksBenchmark } from "../benchmarks.ts";
import { listOf } from "../property-path.ts";
import type { CheckedStack, StackRule } from "../rule.ts";
import { namedBy, naming } from "../stack/related.ts";
import { attachments } from "./policy-attachments.ts";
import { nodeGroup, role } from "./types.ts";

const allowed = [
  "AmazonEC2ContainerRegistryReadOnly",
  "AmazonEC2ContainerRegistryPullOnly",
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKSWorkerNodeMinimalPolicy",
  "AmazonEKS_CNI_Policy",
];
const roleNames = ["name", "id", "arn"];

/** Every pod of a node can become the node. */
export const nodeRoleRestrictPolicies: StackRule = {
  name: "node-role-restrict-policies",
  description: "The role of nodes may do what a node must, and no more.",
  severity: "high",
  framework: eksBenchmark("5.1.3"),
  remediationSteps: `Leave the role ${allowed.slice(0, 1)}, ${allowed[2]} and ${allowed[4]}; give the rest to workloads' own roles.`,
  checkStack(stack, report) {
    const roles = stack.all(role);
    const groups = stack.all(nodeGroup);
    const nodeRoles = new Set(groups.flatMap((group) => namedBy(group, "nodeRoleArn", roles, ["arn"])));
    stack.each([...nodeRoles], (nodeRole) => {
      for (const policy of policiesOf(nodeRole, stack))
        if (!allowed.includes(policy)) report(`the role of nodes also has ${policy}`, nodeRole);
    });
  },
};

/** Names of what is attached to the role in any of the ways there are. */
function policiesOf(nodeRole: PolicyResource, stack: CheckedStack): string[] {
  const attached = naming(stack.all(...attachments), "role", nodeRole, roleNames);
  const inList = naming(stack.all("aws:iam/policyAttachment:PolicyAttachment"), "roles", nodeRole, roleNames);
  const inline = naming(stack.all("aws:iam/rolePolicy:RolePolicy"), "role", nodeRole, roleNames);
  const own = stack.asked(nodeRole);
  const arns = [
    ...[...attached, ...inList].map(({ props }) => props.policyArn),
    ...listOf(own.managedPolicyArns),
  ];
  return [
    ...arns.map((arn) => String(arn).split("/").at(-1) ?? ""),
    ...inline.map(({ name }) => `the inline policy ${name}`),
    ...listOf(own.inlinePolicies).map(({ name }) => `the inline policy ${name}`),
  ];
}
