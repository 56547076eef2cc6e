import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { CloudName } from "./cloud.ts";
import type { CloudSettings } from "./cloud-settings.ts";

/** skyloom:CLOUD:Foundation: parent of everything that a stack has there, whose inputs the stack's transform changes. */
export class Foundation extends ComponentResource {
  constructor(cloud: CloudName, { transform }: CloudSettings, options: ComponentResourceOptions = {}) {
    super(
      `skyloom:${cloud}:Foundation`,
      "foundation",
      {},
      { ...options, ...(transform !== undefined && { transforms: [transform] }) },
    );
    this.registerOutputs();
  }
}
