import type { ResourceRule } from "../rule.ts";
import { roleAssignment } from "./types.ts";

/** https://learn.microsoft.com/azure/role-based-access-control/built-in-roles: the ids are the same everywhere. */
const broadRoles = {
  "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
  "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
};

export const roleAssignmentForbidBroadRoles: ResourceRule = {
  name: "role-assignment-forbid-broad-roles",
  description: "Nobody becomes Owner or Contributor of a subscription or more.",
  severity: "critical",
  remediationSteps: "Assign a role that names what is done, on the one resource or its group.",
  types: [roleAssignment],
  check({ props }, report) {
    const id = String(props.roleDefinitionId).split("/").at(-1)?.toLowerCase();
    const broad = Object.entries(broadRoles).find(([known]) => known === id)?.[1];
    if (broad !== undefined && isWide(props.scope)) report(`${broad} is assigned on ${props.scope}`);
  },
};

/** A subscription, a group of them, or all. */
function isWide(scope: unknown): boolean {
  return /^(\/?|\/?subscriptions\/[^/]+|\/?providers\/Microsoft\.Management\/managementGroups\/[^/]+)\/?$/i.test(
    String(scope ?? ""),
  );
}
