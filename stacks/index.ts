import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { createCloud } from "../components/create-cloud.ts";
import { deployRuntime } from "../components/platform/runtime.ts";
import { deploySampleServer } from "../components/platform/sample-server.ts";
import { deployWorkflowEngine } from "../components/platform/workflow-engine.ts";
import { readConfiguration } from "./configuration.ts";
import { stopWithMessage } from "./stop-with-message.ts";

const stack = pulumi.getStack();
const projectFolder = join(import.meta.dirname, "..");
const values = pulumi.runtime.allConfig();
const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
const configuration = await stopWithMessage(() =>
  readConfiguration(values, secretKeys, `stacks/Pulumi.${stack}.yaml`),
);

const settings = {
  stack,
  projectFolder,
  stateFolder: process.env.SKYLOOM_STATE_FOLDER ?? join(projectFolder, ".skyloom"),
  environment: configuration.environment,
  port: configuration.port,
  queue: {
    maximumDeliveries: configuration.maximumDeliveries,
    visibilitySeconds: configuration.visibilitySeconds,
  },
  region: undefined,
  generalPool: { minimum: 1, maximum: 3, diskGib: 50 },
  gpuPools: [],
  publicEndpoint: { enabled: false, allowedCidrs: [] },
  budget: undefined,
  image: undefined,
  logRetentionDays: 30,
  tags: { project: "skyloom", stack, owner: "unknown", "cost-centre": "unknown" },
  transform: undefined,
};
const cloud = await stopWithMessage(() => createCloud(configuration.cloud, settings));
const engine = deployWorkflowEngine(cloud.cluster, stack);
const runtime = deployRuntime(cloud, engine, {
  ...configuration,
  token: new pulumi.Config("skyloom").getSecret("token"),
});
const sample = configuration.examples ? deploySampleServer(cloud.cluster) : undefined;

export const endpoint = runtime.http.url;
export const bucket = cloud.bucket.url;
export const queue = cloud.queue.url;
export const restateIngress = engine.ingress.url;
export const restateAdmin = engine.admin.url;
export const sampleServer = sample?.url;
export const logs = cloud.cluster.logs;
