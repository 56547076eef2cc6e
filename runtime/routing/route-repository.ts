import { z } from "zod";
import { ApiError, invalidInput, notFound, type Problem } from "../errors.ts";
import { readManifest, readPointer } from "../inference/read-models.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { type Route, routeNameSchema, routeSchema, type Target } from "./route.ts";
import { routeKey, stateKey } from "./route-keys.ts";

/** Older changes than these are forgotten. */
const maximumHistory = 100;
/** Writers that meet take turns; more meetings than this mean that something else is wrong. */
const maximumAttempts = 20;

const historyEntry = z.object({
  revision: z.number().int().min(1),
  action: z.enum(["put", "promote", "rollback"]),
  /** RFC 3339. */
  at: z.string(),
  /** Who did it, as far as told. */
  person: z.string().optional(),
  route: routeSchema,
  /** The target that gets all requests, whatever the route says. */
  promoted: z.string().optional(),
  /** The revision that a rollback from here restores. */
  before: z.number().int().min(1).optional(),
});
const storedSchema = z.object({ name: routeNameSchema, history: z.array(historyEntry).min(1) });

export type HistoryEntry = z.infer<typeof historyEntry>;

/** `routes/NAME.json`: its last history entry is what serves. */
export interface StoredRoute {
  name: string;
  /** Ascending by revision. */
  history: HistoryEntry[];
  etag: string;
}

/** Every write is conditional: two writers at once make two revisions, one after the other. */
export interface RouteRepository {
  /** Undefined where there is none. @throws ApiError `route-corrupt` (503) */
  read(name: string): Promise<StoredRoute | undefined>;
  /** @throws ApiError `invalid-route` (400) with all problems, `name-taken` (409) where a model has the name */
  put(name: string, document: unknown, person?: string): Promise<StoredRoute>;
  /** @throws ApiError `route-not-found` (404), `invalid-request` (400) where it has no such target */
  promote(name: string, target: string, person?: string): Promise<StoredRoute>;
  /** Undoes the last put or promote; once more undoes the one before. @throws ApiError `nothing-to-roll-back` (409) */
  rollback(name: string, person?: string): Promise<StoredRoute>;
  /** Takes what was learnt with it. @throws ApiError `route-not-found` (404) */
  delete(name: string): Promise<void>;
}

type Change = Pick<HistoryEntry, "action" | "route" | "promoted" | "before">;

export function createRouteRepository(store: ObjectStore, now: () => number = Date.now): RouteRepository {
  async function read(name: string): Promise<StoredRoute | undefined> {
    const object = isRouteName(name) ? await store.get(routeKey(name)) : undefined;
    return object === undefined ? undefined : parseStored(name, object);
  }

  async function change(
    name: string,
    person: string | undefined,
    decide: (current: StoredRoute | undefined) => Change,
  ): Promise<StoredRoute> {
    for (let attempt = 1; attempt <= maximumAttempts; attempt += 1) {
      const current = await read(name);
      const entry: HistoryEntry = {
        revision: (current?.history.at(-1)?.revision ?? 0) + 1,
        at: new Date(now()).toISOString(),
        ...(person === undefined ? {} : { person }),
        ...decide(current),
      };
      const stored = { name, history: [...(current?.history ?? []), entry].slice(-maximumHistory) };
      try {
        const condition = current === undefined ? { ifNoneMatch: "*" as const } : { ifMatch: current.etag };
        const { etag } = await store.put(routeKey(name), `${JSON.stringify(stored, null, 2)}\n`, condition);
        return { ...stored, etag };
      } catch (error) {
        if (!isPreconditionFailed(error)) throw error;
      }
    }
    throw new ApiError(`route ${name} was not changed: others changed it ${maximumAttempts} times`, {
      status: 503,
      code: "route-conflict",
    });
  }

  return {
    read,
    async put(name, document, person) {
      const route = await checkRoute(store, name, document);
      return await change(name, person, (current) => ({
        action: "put",
        route,
        before: current?.history.at(-1)?.revision,
      }));
    },
    promote: (name, target, person) =>
      change(name, person, (current) => {
        const serving = current?.history.at(-1);
        if (serving === undefined) throw routeNotFound(name);
        const { route, revision } = serving;
        if (!Object.hasOwn(route.targets, target))
          throw invalidInput(
            "invalid-request",
            [{ path: "target", message: `must be one of ${Object.keys(route.targets).join(", ")}` }],
            "request",
          );
        return { action: "promote", route, promoted: target, before: revision };
      }),
    rollback: (name, person) =>
      change(name, person, (current) => {
        if (current === undefined) throw routeNotFound(name);
        const before = current.history.at(-1)?.before;
        const restored = current.history.find(({ revision }) => revision === before);
        if (restored === undefined)
          throw new ApiError(`route ${name} has no earlier revision to go back to`, {
            status: 409,
            code: "nothing-to-roll-back",
          });
        return {
          action: "rollback",
          route: restored.route,
          ...(restored.promoted === undefined ? {} : { promoted: restored.promoted }),
          before: restored.before,
        };
      }),
    async delete(name) {
      // One that cannot be read can still be deleted.
      const isThere = isRouteName(name) && (await store.head(routeKey(name))) !== undefined;
      if (!isThere) throw routeNotFound(name);
      await store.delete(routeKey(name));
      await store.delete(stateKey(name));
    },
  };
}

function isRouteName(name: string): boolean {
  return routeNameSchema.safeParse(name).success;
}

function parseStored(name: string, object: { body: Uint8Array; etag: string }): StoredRoute {
  try {
    return {
      ...storedSchema.parse(JSON.parse(Buffer.from(object.body).toString("utf8"))),
      etag: object.etag,
    };
  } catch (cause) {
    throw new ApiError(
      `${routeKey(name)} in the bucket is no route; DELETE /v1/routes/${name} and PUT it again`,
      {
        status: 503,
        code: "route-corrupt",
        isRetryable: false,
        cause,
      },
    );
  }
}

async function checkRoute(store: ObjectStore, name: string, document: unknown): Promise<Route> {
  const problems: Problem[] = [];
  for (const { message } of routeNameSchema.safeParse(name).error?.issues ?? [])
    problems.push({ path: "name", message });
  const parsed = routeSchema.safeParse(document ?? {});
  for (const { path, message } of parsed.error?.issues ?? [])
    problems.push({ path: path.join("."), message });
  if (parsed.success)
    for (const [target, place] of Object.entries(parsed.data.targets)) {
      const message = await targetProblem(store, place);
      if (message !== undefined) problems.push({ path: `targets.${target}`, message });
    }
  if (!parsed.success || problems.length > 0) throw invalidInput("invalid-route", problems, "route");
  if ((await readPointer(store, name)) !== undefined)
    throw new ApiError(`${name} is the name of a model already; give the route another name`, {
      status: 409,
      code: "name-taken",
    });
  return parsed.data;
}

async function targetProblem(
  store: ObjectStore,
  { model, version, alias }: Target,
): Promise<string | undefined> {
  const pointer = await readPointer(store, model);
  if (pointer === undefined) return `there is no model ${model}: a target must be a model that is published`;
  if (alias !== undefined && !Object.hasOwn(pointer.aliases, alias))
    return `model ${model} has no alias ${alias}, only: ${Object.keys(pointer.aliases).join(", ") || "none"}`;
  if (version === undefined) return undefined;
  return await readManifest(store, model, version).then(
    () => undefined,
    (error) => {
      if (error instanceof ApiError && error.status === 404)
        return `model ${model} has no version ${version}`;
      throw error;
    },
  );
}

export function routeNotFound(name: string): ApiError {
  return notFound(
    "route-not-found",
    `there is no route ${JSON.stringify(name.slice(0, 128))}; GET /v1/routes lists those there are`,
  );
}
