import { listOf } from "../property-path.ts";
import type { Properties, ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";

/** Roles of a namespace and of the whole cluster. */
export const roleTypes: ResourceRule["types"] = ["kubernetes:rbac*:Role", "kubernetes:rbac*:ClusterRole"];

/** Checks each rule of a role. */
export function checkRules(
  props: Properties,
  check: (rule: { path: string; verbs: string[]; resources: string[] }) => void,
): void {
  checkEach(listOf(props.rules), (rule, index) =>
    check({ path: `rules[${index}]`, verbs: listOf(rule.verbs), resources: listOf(rule.resources) }),
  );
}
