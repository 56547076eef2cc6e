import { z } from "zod";

const labels = z.record(z.string().min(1), z.string());

const toleration = z.strictObject({
  key: z.string().min(1),
  operator: z.enum(["Exists", "Equal"]).default("Exists"),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]).optional(),
});

const nodePool = z.strictObject({
  /** For messages. */
  name: z.string().min(1),
  /** What its nodes carry, and no others. */
  labels: labels.refine((all) => Object.keys(all).length > 0, "must hold the labels of the pool's nodes"),
  /** As in `resources.gpuType`. Default: its nodes have no GPUs. */
  accelerator: z.string().min(1).optional(),
  /** Of a task that asks for its GPUs. */
  tolerations: z.array(toleration).default([]),
  /** GPUs of each node. */
  gpus: z.number().int().min(0).default(0),
  /** Cores that a node has for pods. Default: as the nodes that are there; without one it is not known. */
  cpu: z.number().positive().optional(),
  /** Bytes that a node has for pods. Default: as with `cpu`. */
  memory: z.number().positive().optional(),
  /** Nodes that the cluster brings when they are asked for. */
  maximum: z.number().int().min(0),
});

/** Nodes of a cluster that come when pods ask for them, as whoever made the cluster declares them. */
export type NodePool = z.infer<typeof nodePool>;

/** `SKYLOOM_NODE_POOLS`: a JSON list. */
export const nodePoolsSetting = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "must be a JSON list of node pools" });
      return z.NEVER;
    }
  })
  .pipe(z.array(nodePool, { error: "must be a JSON list of node pools" }));
