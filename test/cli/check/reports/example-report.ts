import type { CheckReport, StackReport } from "../../../../cli/check/report.ts";

const urn = "urn:pulumi:prod::project::aws:sqs/queue:Queue::orders";
export const queue = { urn, type: "aws:sqs/queue:Queue", name: "orders" };

/** One of everything. */
export function exampleReport(changes: Partial<StackReport> = {}): CheckReport {
  return {
    pack: {
      name: "pack",
      version: "1.2.3",
      rules: [
        {
          name: "queue-encrypted",
          description: "A queue is encrypted.",
          level: "mandatory",
          severity: "high",
          fix: "Set sqsManagedSseEnabled to true.",
          framework: { name: "Benchmark", version: "1.0", reference: "4.2" },
          url: undefined,
          configuration: undefined,
        },
        {
          name: "queue-named",
          description: "A queue has a name.",
          level: "advisory",
          severity: "low",
          fix: undefined,
          framework: undefined,
          url: "https://example.com/queue-named",
          configuration: undefined,
        },
        {
          name: "queue-kept",
          description: "A queue keeps its messages.",
          level: "mandatory",
          severity: undefined,
          fix: undefined,
          framework: undefined,
          url: undefined,
          configuration: undefined,
        },
      ],
    },
    stacks: [
      {
        stack: "prod",
        resources: 3,
        violations: [
          {
            rule: "queue-encrypted",
            level: "mandatory",
            severity: "high",
            resource: queue,
            message: 'sqsManagedSseEnabled is <false> & "unsafe"',
            fix: "Set sqsManagedSseEnabled to true.",
            framework: { name: "Benchmark", version: "1.0", reference: "4.2" },
            setting: "skyloom:queues",
            location: { path: "stacks/Pulumi.prod.yaml", line: 7 },
          },
          {
            rule: "queue-named",
            level: "advisory",
            severity: "low",
            resource: undefined,
            message: "no name",
            fix: undefined,
            framework: undefined,
            setting: undefined,
            location: undefined,
          },
        ],
        waivers: [
          {
            rule: "queue-encrypted",
            resource: { ...queue, name: "old" },
            expires: "2027-01-31",
            owner: "platform-team",
            reason: "moves in January",
            message: "sqsManagedSseEnabled is false",
          },
        ],
        remediations: [],
        notChecked: [{ rule: "queue-kept", resource: queue, reason: "to be checked at apply: unknown" }],
        warnings: ["quotas are unknown"],
        seconds: 1.5,
        cost: {
          total: { minimum: 100, expected: 1234.4, maximum: 2000 },
          items: [],
          unknown: [
            {
              urn,
              name: "orders",
              what: "requests",
              monthlyUsd: "unknown",
              unknown: { reason: "depends on use", why: "no usage file" },
            },
          ],
        },
        costBefore: { minimum: 100, expected: 1000, maximum: 2500 },
        ...changes,
      },
    ],
  };
}
