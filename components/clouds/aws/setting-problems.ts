import type { BudgetSettings, QueueSettings } from "../../cloud.ts";
import type { CloudSettings } from "../../cloud-settings.ts";
import { publicEndpointProblems } from "../../preflight/public-endpoint.ts";
import { imageProblem } from "../../preflight/runtime-image.ts";
import { maximumNotified } from "./budget.ts";
import { endpointLimits } from "./endpoint.ts";
import { retentions } from "./logs.ts";
import { queueLimits } from "./queue.ts";

/** What is wrong with the settings that need neither login nor price table. */
export function settingProblems(settings: CloudSettings): string[] {
  const { queue, image, projectFolder, publicEndpoint, logRetentionDays, budget, tags } = settings;
  const wrongImage = imageProblem(image, projectFolder);
  return [
    ...queueProblems(queue),
    ...(wrongImage === undefined ? [] : [wrongImage]),
    ...publicEndpointProblems(publicEndpoint, endpointLimits),
    ...(retentions.includes(logRetentionDays)
      ? []
      : [
          `skyloom:logRetentionDays: CloudWatch keeps logs for ${retentions.join(", ")} days, not ${logRetentionDays}`,
        ]),
    ...budgetProblems(budget),
    ...tagProblems(tags),
  ];
}

function queueProblems(queue: QueueSettings): string[] {
  const keys: (keyof QueueSettings)[] = ["maximumDeliveries", "visibilitySeconds"];
  return keys.flatMap((key) => {
    const [least, most] = queueLimits[key];
    return Number.isInteger(queue[key]) && queue[key] >= least && queue[key] <= most
      ? []
      : [`skyloom:${key}: SQS allows ${least} to ${most}, not ${queue[key]}`];
  });
}

function budgetProblems(budget: BudgetSettings | undefined): string[] {
  if (budget === undefined) return [];
  const { monthlyUsd, notify } = budget;
  return [
    ...(monthlyUsd > 0 ? [] : [`skyloom:budget.monthlyUsd: must be above 0, not ${monthlyUsd}`]),
    ...(notify.length >= 1 && notify.length <= maximumNotified
      ? []
      : [`skyloom:budget.notify: 1 to ${maximumNotified} addresses, not ${notify.length}`]),
    ...notify.flatMap((address, index) =>
      /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address)
        ? []
        : [`skyloom:budget.notify[${index}]: must be an e-mail address, not "${address}"`],
    ),
  ];
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html#id_tags_naming_best_practices */
function tagProblems(tags: CloudSettings["tags"]): string[] {
  return Object.entries(tags).flatMap(([name, value]) =>
    /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u.test(value)
      ? []
      : [
          `tag ${name}: "${value}" must be at most 256 letters, digits, spaces and _ . : / = + - @ (skyloom:owner, skyloom:costCentre, the stack's name)`,
        ],
  );
}
