import assert from "node:assert/strict";
import type { Capabilities } from "../../../components/cloud.ts";
import { capabilityCases } from "./capability-cases.ts";
import type { CloudFixture } from "./cloud-fixture.ts";
import { endpointCases } from "./endpoint-cases.ts";
import { gpuPoolCases } from "./gpu-pool-cases.ts";
import { grantCases } from "./grant-cases.ts";
import { outputCases } from "./output-cases.ts";
import { partCases } from "./part-cases.ts";
import { productionCases } from "./production-cases.ts";
import { refusalCases } from "./refusal-cases.ts";
import { secretCases } from "./secret-cases.ts";

type Need = keyof Capabilities | "production";

/** One promise of the port. */
export interface CloudCase {
  name: string;
  /** A cloud without one of them declares why; then `without` asserts how it does without. */
  needs?: Need | Need[];
  run(fixture: CloudFixture): Promise<void>;
  without?(fixture: CloudFixture, reason: string): Promise<void>;
}

export const cloudCases: CloudCase[] = [
  ...outputCases,
  ...capabilityCases,
  ...grantCases,
  ...secretCases,
  ...partCases,
  ...gpuPoolCases,
  ...endpointCases,
  ...productionCases,
  ...refusalCases,
];

/** Between a case's name and the reason why a cloud has not what it needs; the matrix of test:clouds reads it. */
export const GAP = " – not here: ";

export function describeCloudContract(fixture: CloudFixture): void {
  describe(`cloud contract: ${fixture.name}`, () => {
    for (const cloudCase of cloudCases) {
      const reason = gap(cloudCase, fixture);
      it(reason === undefined ? cloudCase.name : `${cloudCase.name}${GAP}${reason}`, () =>
        runCloudCase(cloudCase, fixture),
      );
    }
  });
}

/** The case, or where the cloud declares that it has not what the case needs, how it does without. */
export async function runCloudCase(cloudCase: CloudCase, fixture: CloudFixture): Promise<void> {
  const reason = gap(cloudCase, fixture);
  if (reason === undefined) return await cloudCase.run(fixture);
  assert.ok(cloudCase.without, `${cloudCase.name} says nothing about clouds without it`);
  await cloudCase.without(fixture, reason);
}

function gap({ needs = [] }: CloudCase, fixture: CloudFixture): string | undefined {
  return [needs]
    .flat()
    .map((need) => reasonAgainst(need, fixture))
    .find((reason) => reason !== undefined);
}

function reasonAgainst(need: Need, { capabilities, production }: CloudFixture): string | undefined {
  if (need === "production") return "reason" in production ? production.reason : undefined;
  const capability = capabilities[need];
  return capability.supported ? undefined : capability.reason;
}
