import { ComponentResource } from "@pulumi/pulumi";
import type { CloudSettings } from "../../cloud-settings.ts";

/** skyloom:existing:Foundation: parent of everything that a stack has in the cluster, whose inputs its transform changes. */
export class Foundation extends ComponentResource {
  constructor({ transform }: CloudSettings) {
    super(
      "skyloom:existing:Foundation",
      "foundation",
      {},
      transform === undefined ? {} : { transforms: [transform] },
    );
    this.registerOutputs();
  }
}
