import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Address, Cluster, DeployedWorkload, Workload } from "../../cloud.ts";
import { codeHash } from "../../code-hash.ts";
import { host, portOf } from "./ports.ts";
import { findProgram } from "./programs.ts";

export interface LocalClusterSettings {
  /** First port of the stack. */
  port: number;
  projectFolder: string;
  stackFolder: string;
  processesFolder: string;
}

/** skyloom:local:Cluster */
class LocalCluster extends pulumi.CustomResource {
  declare readonly folder: pulumi.Output<string>;

  constructor(name: string, inputs: { folder: string }) {
    super("skyloom:local:Cluster", name, inputs);
  }
}

/** skyloom:local:Process */
class LocalProcess extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, options: pulumi.CustomResourceOptions) {
    super("skyloom:local:Process", name, inputs, options);
  }
}

/** Processes of this machine as a cluster. */
export function createLocalCluster(settings: LocalClusterSettings): Cluster {
  const cluster = new LocalCluster("cluster", { folder: settings.processesFolder });

  const address = (workload: string, name: string): Address => {
    const port = portOf(settings.port, workload, name);
    return { host, port, url: `http://${host}:${port}` };
  };

  return {
    address,
    dataFolder: (workload) => join(settings.stackFolder, workload),
    secretFolder(workload) {
      throw new Error(`workload ${workload} asks for secret files; processes of this machine get none`);
    },
    replicas(workload, port) {
      const { url } = address(workload, port);
      return { name: "skyloom", url, all: [url] };
    },
    logs: cluster.folder,
    kubeconfig: undefined,
    kubernetes: undefined,
    identity: (workload) => ({ name: workload, principal: undefined, dependsOn: [] }),
    deploy(workload): DeployedWorkload {
      const resource = new LocalProcess(workload.name, processInputs(workload, settings, address), {
        dependsOn: [cluster, ...workload.identity.dependsOn, ...(workload.dependsOn ?? [])],
      });
      return { name: workload.name, resource };
    },
  };
}

function processInputs(
  workload: Workload,
  { projectFolder, processesFolder }: LocalClusterSettings,
  address: Cluster["address"],
): pulumi.Inputs {
  const { name, command, files, healthCheck, stopSeconds = 30 } = workload;
  // What a node must have free is nothing to a machine that is there.
  const { memoryBytes, openFiles } = workload.limits ?? {};
  const [program = "", ...parameters] = command;
  return {
    name,
    command: [findProgram(program, projectFolder), ...parameters],
    workingDirectory: projectFolder,
    environment: { ...workload.environment, ...workload.secrets },
    ports: workload.ports.map((port) => ({ name: port, host, port: address(name, port).port })),
    ...(healthCheck !== undefined && { healthCheck: healthCheckInputs(name, healthCheck, address) }),
    limits: {
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(openFiles !== undefined && { openFiles }),
    },
    stateFolder: join(processesFolder, name),
    ...(files !== undefined && { codeHash: codeHash(projectFolder, files) }),
    stopSeconds,
  };
}

function healthCheckInputs(
  workload: string,
  { port, path, livePath, timeoutSeconds = 30 }: NonNullable<Workload["healthCheck"]>,
  address: Cluster["address"],
) {
  const { url } = address(workload, port);
  return {
    url: `${url}${path}`,
    ...(livePath !== undefined && { liveUrl: `${url}${livePath}` }),
    timeoutSeconds,
  };
}
