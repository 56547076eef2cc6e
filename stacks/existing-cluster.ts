import { z } from "zod";

const name = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
    "must be a name of Kubernetes: lower-case letters, digits, - and .",
  );

/** `skyloom:existing`: a cluster that is there, see components/clouds/existing/settings.ts. */
export const existingCluster = z.strictObject({
  kubeconfig: z.string().min(1).optional(),
  context: z.string().min(1).optional(),
  namespace: name.default("skyloom"),
  storageClass: name.optional(),
  bucket: z.string().min(1),
  queue: z.string().min(1),
  registry: z
    .string()
    .regex(
      /^[a-z0-9][\w.:/-]*$/,
      "must be an address without tag or digest, such as registry.example.com/skyloom",
    )
    .optional(),
  imagePullSecret: name.optional(),
  secrets: name.optional(),
  accelerators: z
    .record(
      z.string(),
      z.strictObject({
        labels: z.record(z.string(), z.string()),
        taints: z.array(z.string().min(1)).default(["nvidia.com/gpu"]),
      }),
    )
    .default({}),
});

/** `skyloom:credentials`, a secret. */
export const credentials = z.strictObject({
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
});
