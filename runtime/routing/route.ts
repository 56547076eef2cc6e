import { z } from "zod";

const name = (what: string) =>
  z
    .string()
    .regex(
      /^(?!\.)[A-Za-z0-9._-]{1,128}(?<!\.)(?<!\.json)$/,
      `must be ${what}: 1 to 128 letters, digits, dots, hyphens and underscores, without a dot at its start or end, and without .json at its end`,
    );

export const routeNameSchema = name("the name of a route");

const targetName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/, "must be 1 to 63 letters, digits, hyphens and underscores");

/** Without version and alias: the model's current version, whichever that is. */
const targetSchema = z
  .strictObject({
    model: name("the name of a model"),
    version: z.number().int().min(1).optional(),
    alias: z
      .string()
      .regex(/^[A-Za-z][A-Za-z0-9._-]{0,127}$/, "must be an alias of the model, such as stable")
      .optional(),
  })
  .refine(({ version, alias }) => version === undefined || alias === undefined, {
    path: ["alias"],
    message: "must not be given together with version",
  });

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, "must be the name of an HTTP header, such as X-Tenant");

const share = z.number().min(0).max(1);

const common = {
  description: z.string().max(1000).optional(),
  targets: z
    .record(targetName, targetSchema)
    .refine((targets) => Object.keys(targets).length >= 1, "must name at least one target")
    .refine((targets) => Object.keys(targets).length <= 32, "must name at most 32 targets"),
  /** The target that answers where the chosen one fails or is slow. Default: none; the failure is the answer. */
  fallback: z.string().optional(),
  /** From when on a target is slow: it rests then, and the fallback answers instead of it. */
  slow: z
    .strictObject({
      /** Limit of the 95th percentile of the last 100 answers of a target. */
      p95Seconds: z.number().positive().max(3600),
      /** After which it is tried again, with a clean record. */
      restSeconds: z.number().positive().max(86_400).default(10),
    })
    .optional(),
};

const feature = z.union(
  [
    z.strictObject({
      input: z.string().min(1),
      index: z.number().int().min(0).default(0),
      scale: z.number().positive().default(1),
    }),
    z.strictObject({ header: headerName, scale: z.number().positive().default(1) }),
  ],
  'must be {"input": TENSOR, "index": PLACE} or {"header": NAME}, each with an optional "scale" above 0',
);

/** Said of a value that none of a union's members names; else the problem's own message. */
const unknownMember = (message: string) => (issue: { code: string }) =>
  issue.code === "invalid_union" ? message : undefined;

const bandit = {
  ...common,
  kind: z.literal("bandit"),
  /** The least share of traffic of each target. */
  floor: share.default(0.01),
  /** What a reward still counts after each further one, so that what was learnt long ago is forgotten. 1: for ever. */
  discount: z.number().min(0.5).max(1).default(0.998),
  /** How long a decision waits for its reward. */
  rewardSeconds: z
    .number()
    .int()
    .min(1)
    .max(30 * 86_400)
    .default(7 * 86_400),
};

const banditSchema = z.discriminatedUnion(
  "algorithm",
  [
    z.strictObject({ ...bandit, algorithm: z.literal("thompson") }),
    z.strictObject({
      ...bandit,
      algorithm: z.literal("ucb1"),
      /** Weight of the uncertainty; the square root of 2 in UCB1 itself. */
      exploration: z.number().min(0).max(100).default(Math.SQRT2),
    }),
    z.strictObject({
      ...bandit,
      algorithm: z.literal("linucb"),
      /** Alpha: weight of the uncertainty. */
      exploration: z.number().min(0).max(100).default(1),
      features: z.array(feature).min(1).max(32),
    }),
  ],
  { error: unknownMember("must be thompson, ucb1 or linucb") },
);

/** What a person says of a route: how requests that call its name find one of its targets. */
export const routeSchema = z
  .discriminatedUnion(
    "kind",
    [
      z.strictObject({
        ...common,
        kind: z.literal("split"),
        /** By target; only their ratio counts. A target without one gets nothing. */
        weights: z.record(z.string(), z.number().min(0).max(1_000_000)),
      }),
      z.strictObject({
        ...common,
        kind: z.literal("match"),
        /** The first that matches decides. */
        rules: z
          .array(
            z.strictObject({
              header: headerName,
              values: z.array(z.string().max(1000)).min(1).max(1000),
              target: z.string(),
            }),
          )
          .min(1)
          .max(100),
        default: z.string(),
      }),
      z.strictObject({
        ...common,
        kind: z.literal("shadow"),
        /** Answers. */
        primary: z.string(),
        /** Gets a copy; its answers are compared with the primary's and go nowhere. */
        shadow: z.string(),
        /** The share of requests that is copied. */
        sample: share.default(1),
        /** Numbers that differ by no more than this are the same. */
        tolerance: z.number().min(0).default(0),
      }),
      banditSchema,
    ],
    { error: unknownMember("must be split, match, shadow or bandit") },
  )
  .superRefine(checkReferences);

export type Target = z.infer<typeof targetSchema>;
export type Feature = z.infer<typeof feature>;
export type Route = z.infer<typeof routeSchema>;
export type SplitRoute = Extract<Route, { kind: "split" }>;
export type MatchRoute = Extract<Route, { kind: "match" }>;
export type ShadowRoute = Extract<Route, { kind: "shadow" }>;
export type BanditRoute = Extract<Route, { kind: "bandit" }>;

function checkReferences(route: z.infer<typeof banditSchema> | Route, context: z.RefinementCtx): void {
  const problem = (path: (string | number)[], message: string) =>
    context.addIssue({ code: "custom", path, message });
  const reference = (path: (string | number)[], target: string | undefined) => {
    if (target !== undefined && !Object.hasOwn(route.targets, target))
      problem(
        path,
        `${JSON.stringify(target)} is none of the targets: ${Object.keys(route.targets).join(", ")}`,
      );
  };
  reference(["fallback"], route.fallback);
  if (route.slow !== undefined && route.fallback === undefined)
    problem(["slow"], "needs a fallback, which answers while a target rests");
  switch (route.kind) {
    case "split":
      for (const target of Object.keys(route.weights)) reference(["weights", target], target);
      if (!Object.values(route.weights).some((weight) => weight > 0))
        problem(["weights"], "must give at least one target a weight above 0");
      break;
    case "match":
      route.rules.forEach(({ target }, index) => void reference(["rules", index, "target"], target));
      reference(["default"], route.default);
      break;
    case "shadow":
      reference(["primary"], route.primary);
      reference(["shadow"], route.shadow);
      if (route.primary === route.shadow) problem(["shadow"], "must be another target than the primary");
      break;
    case "bandit": {
      const count = Object.keys(route.targets).length;
      if (count < 2) problem(["targets"], "must be at least two, or there is nothing to choose");
      if (route.floor * count > 1)
        problem(["floor"], `must be at most 1 divided by the number of targets, ${1 / count}`);
    }
  }
}

/** As the inference takes it: a number or an alias; undefined: the current version. */
export function versionOf({ version, alias }: Target): string | undefined {
  return version === undefined ? alias : String(version);
}

/** What serves most like the route as a whole: told where a client asks about the route as it asks about a model. */
export function mainTarget(route: Route, promoted?: string): Target {
  const named = (target: string | undefined) => (target === undefined ? undefined : route.targets[target]);
  const byKind =
    route.kind === "match" ? route.default : route.kind === "shadow" ? route.primary : route.fallback;
  return named(promoted) ?? named(byKind) ?? (Object.values(route.targets)[0] as Target);
}
