import type { ResourceRule } from "../rule.ts";
import { rolesAndMembers } from "./bindings.ts";
import { bindings, members, policies } from "./types.ts";

export const iamForbidBasicRoles: ResourceRule = {
  name: "iam-forbid-basic-roles",
  description: "Nobody becomes owner or editor of a project.",
  severity: "critical",
  remediationSteps: "Give a role that names what is done, on the one resource where it can be given.",
  types: [...members, ...bindings, ...policies],
  check({ props }, report) {
    for (const { role } of rolesAndMembers(props))
      if (/^roles\/(owner|editor)$/.test(String(role()))) report(`${role()} is given`);
  },
};
