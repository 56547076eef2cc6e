import type { StackResource } from "./analyze-stack.ts";

/** A cluster of two pools in us-east-1: expected 230.16 + 73.00 USD a month without accelerators. */
export function cluster(nodes: number): StackResource[] {
  return [
    { type: "aws:ec2/subnet:Subnet", name: "private-a", properties: { availabilityZone: "us-east-1a" } },
    { type: "aws:eks/cluster:Cluster", name: "cluster", properties: {} },
    {
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      name: "template",
      properties: {
        instanceType: "m6i.xlarge",
        blockDeviceMappings: [{ ebs: { volumeSize: 100, volumeType: "gp3" } }],
      },
    },
    {
      type: "aws:eks/nodeGroup:NodeGroup",
      name: "pool",
      properties: {
        launchTemplate: { name: "template" },
        scalingConfig: { minSize: nodes, desiredSize: nodes, maxSize: nodes * 2 },
      },
      dependsOn: ["template"],
    },
  ];
}

/** A budget of each cloud with the same amount. */
export function budget(cloud: "aws" | "azure" | "gcp", amount: unknown): StackResource {
  switch (cloud) {
    case "aws":
      return {
        type: "aws:budgets/budget:Budget",
        name: "budget",
        properties: { budgetType: "COST", limitAmount: amount, limitUnit: "USD", timeUnit: "MONTHLY" },
      };
    case "azure":
      return {
        type: "azure-native:consumption:Budget",
        name: "budget",
        properties: { amount: Number(amount), timeGrain: "Monthly" },
      };
    case "gcp":
      return {
        type: "gcp:billing/budget:Budget",
        name: "budget",
        properties: { amount: { specifiedAmount: { currencyCode: "USD", units: amount } } },
      };
  }
}
