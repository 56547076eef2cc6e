import type { V1Pod, V1ResourceQuota } from "@kubernetes/client-node";
import { type Requests, requestsOf } from "./pod-requests.ts";
import { amount } from "./quantity.ts";

/** At most that much for the tasks of the namespace together; a member that is missing has no limit. */
export type QuotaLimits = Partial<Requests>;

/** What the quotas call each amount. Tasks ask for as much as they may use, so limits count as well. */
const names: Record<keyof Requests, string[]> = {
  cpu: ["requests.cpu", "cpu", "limits.cpu"],
  memory: ["requests.memory", "memory", "limits.memory"],
  storage: ["requests.ephemeral-storage", "ephemeral-storage", "limits.ephemeral-storage"],
  gpu: ["requests.nvidia.com/gpu"],
};

/** What the quotas of a namespace leave to its tasks: each hard limit without what others use of it. */
export function quotaLimits(quotas: V1ResourceQuota[], own: V1Pod[]): QuotaLimits {
  const limits: QuotaLimits = {};
  // A quota with scopes counts pods of a priority class or without limits, which tasks do not have.
  const counting = quotas.filter(
    ({ spec }) => (spec?.scopes ?? []).length === 0 && spec?.scopeSelector === undefined,
  );
  for (const key of Object.keys(names) as (keyof Requests)[]) {
    const held = own.reduce((sum, pod) => sum + requestsOf(pod)[key], 0);
    const left = counting.flatMap(({ spec, status }) =>
      names[key].flatMap((name) => {
        const hard = spec?.hard?.[name];
        if (hard === undefined) return [];
        const others = Math.max(0, amount(status?.used?.[name] ?? "0") - held);
        return [Math.max(0, amount(hard) - others)];
      }),
    );
    if (left.length > 0) limits[key] = Math.min(...left);
  }
  return limits;
}
