import { eksBenchmark } from "../benchmarks.ts";
import { valueAt } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";

export const rbacForbidClusterAdmin: ResourceRule = {
  name: "rbac-forbid-cluster-admin",
  description: "Nobody is bound to the role cluster-admin.",
  severity: "critical",
  framework: eksBenchmark("4.1"),
  remediationSteps: "Bind a role that names what is done.",
  types: ["kubernetes:rbac*:ClusterRoleBinding", "kubernetes:rbac*:RoleBinding"],
  check({ props }, report) {
    if (valueAt(props, "roleRef.name") === "cluster-admin") report("roleRef.name is cluster-admin");
  },
};
