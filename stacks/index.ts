import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { createCloud } from "../components/create-cloud.ts";
import { deployAutoscaler } from "../components/platform/autoscaler.ts";
import { deployGateway } from "../components/platform/gateway.ts";
import { deployGpuMetrics } from "../components/platform/gpu-metrics.ts";
import { deployMesh } from "../components/platform/mesh.ts";
import { deployMonitoring } from "../components/platform/monitoring.ts";
import { deployRuntime, runtimeWorkloads } from "../components/platform/runtime.ts";
import { deploySampleServer } from "../components/platform/sample-server.ts";
import { deployWorkflowEngine } from "../components/platform/workflow-engine.ts";
import { cloudSettings } from "./cloud-settings.ts";
import { readConfiguration } from "./configuration.ts";
import { platformSizes } from "./platform-sizes.ts";
import { ancestorCommands, requirePolicyPack } from "./policy-pack.ts";
import { stopWithMessage } from "./stop-with-message.ts";

// Pulumi looks every frame of its many stack traces up in source maps. Node strips the types in place, so lines are
// right without.
Reflect.deleteProperty(Error, "prepareStackTrace");

const stack = pulumi.getStack();
const projectFolder = join(import.meta.dirname, "..");
const values = pulumi.runtime.allConfig();
const secretKeys = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "[]");
const configuration = await stopWithMessage(() =>
  readConfiguration(values, secretKeys, `stacks/Pulumi.${stack}.yaml`),
);
const withoutPack = await stopWithMessage(() =>
  requirePolicyPack(configuration, stack, { environment: process.env, ancestors: ancestorCommands }),
);
if (withoutPack !== undefined) await pulumi.log.warn(`no policy pack is in force: ${withoutPack}`);

const settings = cloudSettings(configuration, {
  stack,
  projectFolder,
  stateFolder: process.env.SKYLOOM_STATE_FOLDER ?? join(projectFolder, ".skyloom"),
});
const cloud = await stopWithMessage(() => createCloud(configuration.cloud, settings));

const sizes = platformSizes(configuration);
const engine = deployWorkflowEngine(cloud, {
  stack,
  nodes: sizes.workflowNodes,
  storageGib: sizes.workflowStorageGib,
  cpuRequest: sizes.cpuRequest,
  callers: runtimeWorkloads(settings.gpuPools),
});
// It runs from the project's folder; an image holds the runtime only.
const sample =
  cloud.registry === undefined && configuration.examples ? deploySampleServer(cloud.cluster) : undefined;
const runtime = deployRuntime(cloud, engine, {
  ...configuration,
  token: new pulumi.Config("skyloom").getSecret("token"),
  replicas: sizes.runtimeReplicas,
  cpuRequest: sizes.cpuRequest,
  gpuPools: settings.gpuPools,
  generalPool: settings.generalPool,
  autoscaler: deployAutoscaler(cloud, settings.gpuPools),
});

const { mesh } = configuration;
deployMesh(cloud, mesh);
const gpuMetrics = deployGpuMetrics(cloud, settings.gpuPools);
deployMonitoring(cloud, configuration.monitoring, { gpuPools: settings.gpuPools, gpuMetrics, mesh });
const publicEndpoint = deployGateway(cloud, runtime.http, configuration.gateway, mesh);

const outputs = {
  endpoint: publicEndpoint ?? runtime.http.url,
  bucket: cloud.bucket.url,
  queue: cloud.queue.url,
  secrets: cloud.secrets?.url,
  registry: cloud.registry?.repository,
  image: cloud.registry?.image,
  kubeconfig: cloud.cluster.kubeconfig,
  token: runtime.token,
  restateIngress: engine.ingress.url,
  restateAdmin: engine.admin.url,
  sampleServer: sample?.url,
  logs: cloud.cluster.logs,
};
/** Outputs that this cloud does not have would each be a warning. */
export default Object.fromEntries(Object.entries(outputs).filter(([, value]) => value !== undefined));
