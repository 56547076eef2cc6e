import type { PricedCloud } from "../../pricing/row-schema.ts";
import type { Output } from "../output.ts";
import type { ResourceState } from "../pulumi.ts";
import { withProviders } from "../simulated-clouds.ts";
import type { Target } from "../target.ts";
import { listLeftovers } from "./list-leftovers.ts";
import { billable, type LeftoverReport, reportLeftovers } from "./report.ts";

/** The clouds' indexes of tags are late by up to minutes: what was deleted just now may still be listed. */
const LOOKS = 4;
const SECONDS_BETWEEN = 30;

/** What the stack's cloud still holds of it; on a real one again after a while, until nothing bills or it stays so. */
export async function lookForLeftovers(
  target: Target,
  cloud: PricedCloud,
  retained: readonly ResourceState[],
  output: Output,
  looks = target.offline ? 1 : LOOKS,
): Promise<LeftoverReport> {
  output.line(`asking ${cloud} what is left of ${target.stack} …`);
  return await withProviders(
    target,
    async (environment) =>
      await settled(
        async () => reportLeftovers(cloud, await listLeftovers(target, cloud, environment), retained),
        {
          looks,
          pause: async (count) => {
            output.line(
              `${count} are listed; looking again in ${SECONDS_BETWEEN} s, as the cloud's lists are late …`,
            );
            await new Promise((resolve) => setTimeout(resolve, SECONDS_BETWEEN * 1000));
          },
        },
      ),
  );
}

/** The last of some reports, or the first that lists nothing that bills. Exported for its test. */
export async function settled(
  look: () => Promise<LeftoverReport>,
  { looks, pause }: { looks: number; pause: (count: number) => Promise<void> },
): Promise<LeftoverReport> {
  let report = await look();
  for (let count = 1; count < looks && billable(report).length > 0; count += 1) {
    await pause(billable(report).length);
    report = await look();
  }
  return report;
}
