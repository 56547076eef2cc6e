/** An object of a cluster on which something outside of it hangs, or which stands in the way of one. */
export interface HangingObject {
  apiVersion: string;
  kind: string;
  /** Absent for objects of the whole cluster. */
  namespace?: string;
  name: string;
  /** What goes with it: "a load balancer", "a disk". */
  owns: string;
  /** Somebody asked for its deletion already. */
  isDeleting: boolean;
  /** Who must agree before it goes. */
  finalizers: string[];
  /** It goes by itself when another one does: only waited for. */
  followsAnother?: true;
}

/**
 * In this order: load balancers and volumes are removed by controllers, which run on nodes, some of which are made by
 * another controller.
 */
export const steps = ["load balancers and volumes", "nodes"] as const;
export type Step = (typeof steps)[number];

/** The objects of a cluster, in all namespaces, whoever made them. */
export interface ClusterObjects {
  /** @throws Error when the API server does not answer. */
  list(step: Step): Promise<HangingObject[]>;
  /** Asks for its deletion; does not wait, and takes one that is gone as done. */
  remove(object: HangingObject): Promise<void>;
}
