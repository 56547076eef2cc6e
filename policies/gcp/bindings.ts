import { listOf } from "../property-path.ts";
import type { Properties } from "../rule.ts";

/** Roles with their members, from a member, a binding, or a whole policy as JSON. */
export function rolesAndMembers(props: Properties): { role?: unknown; members: unknown }[] {
  if (typeof props.policyData === "string") return listOf(JSON.parse(props.policyData).bindings);
  return [{ role: props.role, members: [...listOf(props.member), ...listOf(props.members)] }];
}
