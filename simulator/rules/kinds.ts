import type { CheckFailure } from "../check/validate.ts";
import { isKubernetesObject } from "../outputs/kubernetes.ts";
import { type Properties, textAt } from "../values.ts";

/** apiVersion and kind must be those of the type, which is made of them: `kubernetes:keda.sh/v1alpha1:ScaledObject`. */
export function checkKind(type: string, inputs: Properties): CheckFailure[] {
  if (!isKubernetesObject(type)) return [];
  const [, module = "", kind = ""] = type.replace(/(List|Patch)$/, "").split(":");
  const apiVersion = module.replace(/^core\//, "");
  const expected: [string, string][] = [
    ["apiVersion", apiVersion],
    ["kind", kind],
  ];
  return expected.flatMap(([property, value]) => {
    const given = textAt(inputs, property);
    if (given === undefined || given === value || given.replace(/(List|Patch)$/, "") === value) return [];
    return [{ property, reason: `'${given}' does not belong to ${type}: must be '${value}'` }];
  });
}
