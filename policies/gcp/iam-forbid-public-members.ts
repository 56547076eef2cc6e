import type { ResourceRule } from "../rule.ts";
import { rolesAndMembers } from "./bindings.ts";
import { bindings, members, policies } from "./types.ts";

export const iamForbidPublicMembers: ResourceRule = {
  name: "iam-forbid-public-members",
  description: "No role is given to everybody, nor to everybody with a Google account.",
  severity: "critical",
  remediationSteps: "Name service accounts, groups or people instead of allUsers and allAuthenticatedUsers.",
  types: [...members, ...bindings, ...policies],
  check({ props }, report) {
    for (const { role, members } of rolesAndMembers(props))
      for (const member of members())
        if (/^all(Authenticated)?Users$/.test(member)) report(`${role() ?? "a role"} is given to ${member}`);
  },
};
