import { z } from "zod";
import { isWholeInternet, widestPrefix } from "../policies/network-ranges.ts";

/** A value that all clouds take as tag and as label. */
export const labelValue = /^[a-z0-9][a-z0-9_-]{0,62}$/;
export const labelMessage =
  "must be 1 to 63 of lower-case letters, digits, - and _, beginning with a letter or digit";

const nodes = z.number().int().min(0).max(1000);

const sharing = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("none") }),
  z.strictObject({ mode: z.literal("timeSlicing"), replicas: z.number().int().min(2).max(48) }),
  z.strictObject({
    mode: z.literal("mig"),
    profile: z.string().regex(/^\d+g\.\d+gb$/, "must be such as 1g.10gb"),
  }),
]);

/** One of `skyloom:gpuPools`. What depends on the environment is filled in by environment-defaults.ts. */
export const gpuPool = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^[a-z][a-z0-9]{0,11}$/,
        "must be 1 to 12 of lower-case letters and digits, beginning with a letter",
      ),
    accelerator: z.string().min(1),
    count: z.number().int().min(1).max(16).default(1),
    spot: z.boolean().optional(),
    minimum: nodes.default(0),
    maximum: nodes.min(1).default(1),
    machineType: z.string().min(1).optional(),
    zones: z.array(z.string().min(1)).min(1).optional(),
    diskGib: z.number().int().min(30).max(65_536).default(100),
    sharing: sharing.default({ mode: "none" }),
  })
  .refine((pool) => pool.minimum <= pool.maximum, {
    path: ["minimum"],
    message: "must not be above maximum",
  });

export const generalPool = z
  .strictObject({
    minimum: nodes,
    maximum: nodes.min(1),
    machineType: z.string().min(1).optional(),
    diskGib: z.number().int().min(30).max(65_536).default(50),
  })
  .refine((pool) => pool.minimum <= pool.maximum, {
    path: ["minimum"],
    message: "must not be above maximum",
  });

const cidr = z
  .cidrv4("must be a range such as 203.0.113.0/24")
  .refine(
    (range) => !isWholeInternet(range),
    `must not be the whole internet, nor wider than /${widestPrefix.ipv4}: name the ranges that need it`,
  );

export const publicEndpoint = z
  .strictObject({ enabled: z.boolean(), allowedCidrs: z.array(cidr).default([]) })
  .refine((endpoint) => !endpoint.enabled || endpoint.allowedCidrs.length > 0, {
    path: ["allowedCidrs"],
    message: "must name at least one range when the endpoint is public",
  });

export const budget = z.strictObject({
  monthlyUsd: z.number().min(1),
  notify: z.array(z.email("must be an e-mail address")).min(1, "must name who gets the alarm"),
});
