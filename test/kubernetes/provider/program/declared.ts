import type { CustomResourceOptions } from "@pulumi/pulumi";

/** An object as a manifest has it, and how the program declares it. */
export interface Declared {
  /** The name in the program. */
  resourceName: string;
  apiVersion: string;
  kind: string;
  dependsOn?: string[];
  options?: CustomResourceOptions;
  [property: string]: unknown;
}

export interface Program {
  /** Options of an explicit provider; absent: the default one. */
  provider?: { [option: string]: unknown };
  objects: Declared[];
}
