import type { Capabilities, Cloud, CloudName } from "../../../components/cloud.ts";
import type { CloudSettings } from "../../../components/cloud-settings.ts";
import type {
  RecordedResource,
  Recording,
  RecordOptions,
} from "../../../simulator/recording/record-program.ts";
import type { ExampleStack } from "./example-settings.ts";

/** A GPU pool as the cloud was asked for it, in the port's words. */
export interface GpuPoolFacts {
  minimum: number;
  maximum: number;
  spot: boolean;
  labels: Record<string, string>;
  /** `KEY=VALUE:NoSchedule` */
  taints: string[];
  repairs: boolean;
}

/** What one grant allows: names of actions or roles, and the things they hold for. */
export interface Permission {
  actions: string[];
  targets: string[];
}

export type RecordProgram = <Result>(
  program: () => Promise<Result> | Result,
  options: RecordOptions,
) => Promise<Recording<Result>>;

/** What the contract has to know of a cloud besides its port. */
export interface CloudFixture {
  name: CloudName;
  create(settings: CloudSettings): Promise<Cloud>;
  record: RecordProgram;
  /** As the cloud's own folder declares them. */
  capabilities: Capabilities;
  development: ExampleStack;
  /** The reason where the cloud has no production stacks. */
  production: ExampleStack | { reason: string };
  /** Configuration of the providers for another region. */
  providerConfigIn(region: string): Record<string, string>;
  urls: { bucket: RegExp; queue: RegExp; deadLetter: RegExp; secrets: RegExp };
  /** The engine names the place of secrets, so that only the update that makes it knows it. */
  secretsNamedLate: boolean;
  /** Whether a permission for the target holds for that secret of the place that the URL tells. */
  holdsForSecret(target: string, url: string, secret: string): boolean;
  /** What it takes to read a secret. */
  readsSecrets: RegExp;
  /** Type tokens of what a stack in production must never lose. */
  kept: Record<"cluster" | "bucket" | "registry", string>;
  workloadType: string;
  /** Resources that show that the cloud does what it declares. */
  shows: {
    [Name in Exclude<keyof Capabilities, "quotas" | "replicas">]: (resource: RecordedResource) => boolean;
  };
  /** Known to the cloud, but not in that region. */
  elsewhere: { region: string; accelerator: string };
  machineTypeWithoutGpu: string;
  /** As in the simulator's quotas.json: too small for the GPU pool of the development stack. */
  smallQuotas: Record<string, number>;
  gpuPool(recording: Recording<unknown>, name: string): GpuPoolFacts;
  /** Rights that the cloud gives for a whole project only, where the port asks for less. */
  wholeProject: RegExp;
  /** Of one resource that a grant registered. */
  permissions(resource: RecordedResource): Permission[];
}
