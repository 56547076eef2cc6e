import { z } from "zod";

const namespace = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "must be the name of a namespace: lower-case letters, digits and -",
  );

/** `skyloom:gateway`, see components/platform/gateway.ts. */
export const gateway = z.strictObject({
  host: z
    .string()
    .regex(
      /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
      "must be a name of DNS such as skyloom.example.com",
    ),
  issuerEmail: z.email("must be an e-mail address, which the certificate's issuer writes to"),
  className: z.string().min(1).optional(),
  namespace: namespace.default("envoy-gateway-system"),
  acmeServer: z.url({ protocol: /^https$/, error: "must be an https address" }).optional(),
  install: z.boolean().optional(),
});

/** `skyloom:monitoring`, see components/platform/monitoring.ts. */
export const monitoring = z.strictObject({
  prometheus: z.boolean(),
  namespace: namespace.default("monitoring"),
  install: z.boolean().optional(),
});

export const mesh = z.enum(["none", "istio"], { error: "must be one of none, istio" });

/** `skyloom:containers`, see components/platform/containers.ts. */
export const containers = z.strictObject({
  egress: z
    .enum(["none", "internet", "all"], { error: "must be one of none, internet, all" })
    .default("internet"),
  seesCluster: z.boolean().default(false),
  queue: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "must be the name of a LocalQueue of Kueue")
    .optional(),
});
