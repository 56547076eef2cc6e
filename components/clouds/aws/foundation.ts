import type { ComponentResource } from "@pulumi/pulumi";
import type { CloudSettings } from "../../cloud-settings.ts";
import { Foundation } from "../../foundation.ts";
import { type AwsNames, awsNames } from "./names.ts";
import type { AwsPlan } from "./preflight.ts";

/** What every step of building the cloud needs to know. */
export interface AwsContext extends AwsPlan {
  settings: CloudSettings;
  names: AwsNames;
  tags: Record<string, string>;
  production: boolean;
  parent: ComponentResource;
  /** Options of what holds data, and of its settings: a destroy may have to leave them. */
  dataOptions: { parent: ComponentResource; retainOnDelete: boolean };
  /** ARN of something in the stack's account and region, known before it exists: `arn("sqs", "skyloom-dev-queue")`. */
  arn(service: string, resource: string): string;
  /** ARN of one of AWS's own policies: `managedPolicy("AmazonEKSClusterPolicy")`. */
  managedPolicy(name: string): string;
}

export function createFoundation(settings: CloudSettings, plan: AwsPlan): AwsContext {
  const { account, region } = plan;
  const parent = new Foundation("aws", settings);
  return {
    ...plan,
    settings,
    names: awsNames(account.id, region, settings.stack),
    tags: { ...settings.tags },
    production: settings.environment === "production",
    parent,
    dataOptions: { parent, retainOnDelete: settings.retainData },
    arn: (service, resource) => `arn:${account.partition}:${service}:${region}:${account.id}:${resource}`,
    managedPolicy: (name) => `arn:${account.partition}:iam::aws:policy/${name}`,
  };
}
