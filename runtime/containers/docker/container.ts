import { annotations, ownerLabel } from "../attempt-name.ts";
import type { ContainerRequest } from "../container-runner.ts";

export interface ContainerSettings {
  /** Value of the label by which this runtime knows its containers. */
  owner: string;
  /** `bridge`, `none`, `host` or a network that is there. */
  network: string;
}

/** A volume of its own, in which inputs and outputs are. */
export const exchangeFolder = "/skyloom";
export const outputsFolder = "outputs";
const user = "10001:10001";
const maximumProcesses = 4096;

/** What the engine is asked to create; under the limits that the cluster's pods have. */
export function containerOf(request: ContainerRequest, { owner, network }: ContainerSettings): object {
  const { image, command, arguments: parameters, resources } = request;
  const { cpu, memory, gpu = 0 } = resources;
  const variables = {
    HOME: "/tmp",
    TMPDIR: "/tmp",
    ...request.environment,
    ...request.secrets,
    SKYLOOM_INPUTS: `${exchangeFolder}/inputs.json`,
    SKYLOOM_OUTPUTS: `${exchangeFolder}/${outputsFolder}/outputs.json`,
    SKYLOOM_TASK_KEY: `${request.runId}/${request.task}`,
  };
  return {
    Image: image,
    ...(command !== undefined && { Entrypoint: command, Cmd: [] }),
    ...(parameters !== undefined && { Cmd: parameters }),
    User: user,
    Env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    Labels: {
      [ownerLabel]: owner,
      [annotations.run]: request.runId,
      [annotations.task]: request.task,
      [annotations.attempt]: String(request.attempt),
    },
    HostConfig: {
      NetworkMode: network,
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      PidsLimit: maximumProcesses,
      Tmpfs: {
        "/tmp": `rw,exec,mode=1777${resources.storage === undefined ? "" : `,size=${resources.storage}`}`,
      },
      Mounts: [{ Type: "volume", Target: exchangeFolder }],
      ...(cpu !== undefined && { NanoCpus: Math.round(cpu * 1e9) }),
      // As much swap as memory is none.
      ...(memory !== undefined && { Memory: Math.ceil(memory), MemorySwap: Math.ceil(memory) }),
      ...(gpu > 0 && { DeviceRequests: [{ Driver: "nvidia", Count: gpu, Capabilities: [["gpu"]] }] }),
    },
  };
}
