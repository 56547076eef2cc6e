/** What a test changes between two runs of the program, from the environment variable VARIANT (JSON). */
export interface Variant {
  /** Clouds to declare. Default: all. */
  clouds?: string[];
  gpuMaximum?: number;
  /** Machine types by cloud. */
  awsMachine?: string;
  azureMachine?: string;
  gcpMachine?: string;
  clusterName?: string;
  image?: string;
  /** A property that no SDK declares. */
  mistake?: boolean;
  importBucket?: string;
}

export const variant: Variant = JSON.parse(process.env.VARIANT ?? "{}");

export function wants(cloud: string): boolean {
  return variant.clouds === undefined || variant.clouds.includes(cloud);
}
