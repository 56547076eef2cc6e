import { listOf } from "../property-path.ts";
import type { Properties } from "../rule.ts";

/** A role and who has it; functions, since one may be known and the other not yet. */
interface Binding {
  role(): unknown;
  members(): string[];
}

/** Roles with their members, from a member, a binding, or a whole policy as JSON. */
export function rolesAndMembers(props: Properties): Binding[] {
  if (typeof props.policyData === "string")
    return listOf(JSON.parse(props.policyData).bindings).map(({ role, members }) => ({
      role: () => role,
      members: () => listOf(members),
    }));
  return [{ role: () => props.role, members: () => [...listOf(props.member), ...listOf(props.members)] }];
}
