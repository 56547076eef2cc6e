import { z } from "zod";

export const environments = ["development", "staging", "production"] as const;

const names = (what: string) => z.array(z.string().min(1)).describe(what);

/** What the rules can be told, for one rule in the pack's configuration or for all in `skyloom:policies` of a stack. */
export const settingSchemas = {
  environment: z
    .enum(environments)
    .describe("How the stack is used. Default: its own configuration says it, else production."),
  allowedAccelerators: names(
    "Accelerators by the names of pricing/accelerators.ts. Default: small ones outside production, all in production.",
  ),
  maximumGpuNodes: z
    .int()
    .min(0)
    .max(100_000)
    .describe("Nodes with accelerators that the pools of a stack may have together. Default: 4, 8, 32."),
  allowedRegions: names("Regions by their clouds' names, * standing for any text. Default: any."),
  allowedRegistries: names(
    "Where images may come from, as the beginning of their name: ghcr.io/my-team. Default: anywhere.",
  ),
  requiredTags: names(
    "Tags or labels of everything that bills. Default: project, stack, owner, cost-centre.",
  ),
  maximumLogRetentionDays: z.int().min(1).max(36_500).describe("Days that logs may be kept. Default: 400."),
  maximumKeyRotationDays: z.int().min(1).max(3650).describe("Days between rotations of a key. Default: 90."),
  monthlyUsd: z
    .number()
    .min(0)
    .describe("USD a month that the stack may be expected to cost. Default: its own budget at its cloud."),
  usage: z
    .record(z.string(), z.unknown())
    .describe("What of the cost depends on use, as in stacks/usage.example.yaml. Default: unknown."),
  minimumKubernetesVersion: z
    .string()
    .regex(/^1\.\d+$/)
    .describe("The oldest minor version of Kubernetes that is in support. Default: 1.34."),
} as const;

export type SettingName = keyof typeof settingSchemas;

/** Some settings, as somebody gives them. */
export const givenSettings = z.strictObject(settingSchemas).partial();
export type GivenSettings = z.infer<typeof givenSettings>;

type Environment = (typeof environments)[number];

/** Those of which nothing is forbidden where nobody says what is allowed. */
type OpenSetting = "allowedAccelerators" | "allowedRegions" | "allowedRegistries" | "monthlyUsd" | "usage";

export type Settings = {
  [Name in Exclude<SettingName, OpenSetting>]: z.infer<(typeof settingSchemas)[Name]>;
} & {
  [Name in OpenSetting]: z.infer<(typeof settingSchemas)[Name]> | undefined;
};

const smallAccelerators = ["p4", "t4", "p100", "v100", "a10", "a10g", "l4"];

/** Defaults by how a stack is used; undefined: anything is allowed. */
const profiles: Record<Environment, Pick<Settings, "maximumGpuNodes" | "allowedAccelerators">> = {
  development: { maximumGpuNodes: 4, allowedAccelerators: smallAccelerators },
  staging: { maximumGpuNodes: 8, allowedAccelerators: [...smallAccelerators, "a100-40", "l40s", "a100-80"] },
  production: { maximumGpuNodes: 32, allowedAccelerators: undefined },
};

/**
 * In standard support on EKS until 2 December 2026; 1.33 was until 29 July 2026
 * (https://aws-samples.github.io/sample-apex-skills/docs/skills/eks-operation-review/references/cluster-lifecycle,
 * verified there 2026-04-24, read 2026-11-28).
 */
const MINIMUM_KUBERNETES = "1.34";

/** What was given, with the defaults of the environment for the rest. */
export function withDefaults(given: GivenSettings): Settings {
  const environment = given.environment ?? "production";
  const defaults: Settings = {
    ...profiles[environment],
    allowedRegions: undefined,
    allowedRegistries: undefined,
    monthlyUsd: undefined,
    usage: undefined,
    requiredTags: ["project", "stack", "owner", "cost-centre"],
    maximumLogRetentionDays: 400,
    maximumKeyRotationDays: 90,
    minimumKubernetesVersion: MINIMUM_KUBERNETES,
    environment,
  };
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(set) };
}
