import { createHash } from "node:crypto";
import { ApiError, invalidInput, notFound, type Problem } from "../errors.ts";
import { listAll } from "../object-store/list-all.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { shareCalls } from "../shared-calls.ts";
import { parseWorkflow } from "./specification.ts";
import type { Workflow } from "./workflow.ts";
import { filesProblems } from "./workflow-files.ts";

/** What is written down of one version; never changed afterwards. */
interface StoredDefinition {
  name: string;
  version: number;
  /** RFC 3339. */
  createdAt: string;
  /** SHA-256 of specification and files. */
  digest: string;
  specification: string;
  /** Path to text. */
  files: Record<string, string>;
}

export interface WorkflowDefinition extends StoredDefinition {
  workflow: Workflow;
  warnings: Problem[];
}

interface Pointer {
  version: number;
  aliases: Record<string, number>;
}

/** Workflow definitions in the bucket, `workflows/NAME/VERSION/definition.json` and the pointer `workflows/NAME/current.json`. */
export interface WorkflowRepository {
  /**
   * Stores a definition as the next version and makes it the current one; content that an earlier version has
   * gives that version again. Safe against two writers at once.
   * @throws ApiError `invalid-workflow` (400) with all problems
   */
  put(specification: string, files?: Record<string, string>): Promise<WorkflowDefinition>;
  /** Default version: the current one. @throws ApiError `workflow-not-found` (404), also where it was deleted */
  get(name: string, version?: number): Promise<WorkflowDefinition>;
  /** A version, also of a workflow that was deleted: what began with it goes by it. @throws ApiError `workflow-not-found` (404) */
  getStored(name: string, version: number): Promise<WorkflowDefinition>;
  /** Ascending. @throws ApiError `workflow-not-found` (404) */
  versions(name: string): Promise<number[]>;
  /** The current version of every workflow, by name. */
  list(): Promise<WorkflowDefinition[]>;
  /**
   * Makes it unknown. Its versions are kept for what began with them, and a later put goes on with their numbers.
   * @throws ApiError `workflow-not-found` (404)
   */
  delete(name: string): Promise<void>;
}

const maximumCached = 100;

export function createWorkflowRepository(
  store: ObjectStore,
  now: () => Date = () => new Date(),
): WorkflowRepository {
  // A version never changes, so what was read once holds for ever.
  const cache = new Map<string, WorkflowDefinition>();
  /** Many runs may start at once. */
  const readPointer = shareCalls((key) => store.get(key));

  async function put(specification: string, files: Record<string, string> = {}): Promise<WorkflowDefinition> {
    checkFiles(files);
    const { workflow } = parseWorkflow(specification);
    const digest = digestOf(specification, files);
    const existing = await versionWithDigest(workflow.name, digest);
    const version = existing ?? (await writeNextVersion(workflow.name, digest, specification, files));
    await pointTo(workflow.name, version);
    return await read(workflow.name, version);
  }

  async function versionWithDigest(name: string, digest: string): Promise<number | undefined> {
    const definitions = await Promise.all((await storedVersions(name)).map((version) => read(name, version)));
    return definitions.find((definition) => definition.digest === digest)?.version;
  }

  async function writeNextVersion(
    name: string,
    digest: string,
    specification: string,
    files: Record<string, string>,
  ): Promise<number> {
    for (let version = ((await storedVersions(name)).at(-1) ?? 0) + 1; ; version++) {
      const stored: StoredDefinition = {
        name,
        version,
        createdAt: now().toISOString(),
        digest,
        specification,
        files,
      };
      try {
        await store.put(definitionKey(name, version), JSON.stringify(stored), { ifNoneMatch: "*" });
        return version;
      } catch (error) {
        // Somebody else took this number.
        if (!isPreconditionFailed(error)) throw error;
        if ((await read(name, version)).digest === digest) return version;
      }
    }
  }

  async function pointTo(name: string, version: number): Promise<void> {
    for (;;) {
      const current = await store.get(pointerKey(name));
      const pointer = current === undefined ? undefined : parsePointer(current.body);
      if (pointer?.version === version) return;
      const body = JSON.stringify({ version, aliases: pointer?.aliases ?? {} } satisfies Pointer);
      try {
        await store.put(
          pointerKey(name),
          body,
          current === undefined ? { ifNoneMatch: "*" } : { ifMatch: current.etag },
        );
        return;
      } catch (error) {
        if (!isPreconditionFailed(error)) throw error;
      }
    }
  }

  async function read(name: string, version: number): Promise<WorkflowDefinition> {
    const key = definitionKey(name, version);
    const known = cache.get(key);
    if (known !== undefined) return known;
    const object = await store.get(key);
    if (object === undefined) throw versionNotFound(name, version);
    const stored = JSON.parse(Buffer.from(object.body).toString("utf8")) as StoredDefinition;
    const definition = { ...stored, ...parseWorkflow(stored.specification) };
    if (cache.size >= maximumCached) cache.delete(cache.keys().next().value ?? "");
    cache.set(key, definition);
    return definition;
  }

  async function get(name: string, version?: number): Promise<WorkflowDefinition> {
    const object = await readPointer(pointerKey(name));
    if (object === undefined) throw workflowNotFound(name);
    return await read(name, version ?? parsePointer(object.body).version);
  }

  async function remove(name: string): Promise<void> {
    if ((await store.head(pointerKey(name))) === undefined) throw workflowNotFound(name);
    await store.delete(pointerKey(name));
  }

  async function storedVersions(name: string): Promise<number[]> {
    const keys = await Array.fromAsync(listAll(store, `workflows/${name}/`), ({ key }) => key);
    return keys
      .flatMap((key) => /\/(\d+)\/definition\.json$/.exec(key)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  async function versions(name: string): Promise<number[]> {
    await get(name);
    return await storedVersions(name);
  }

  async function list(): Promise<WorkflowDefinition[]> {
    const names: string[] = [];
    let startAfter = "workflows/";
    for (;;) {
      const { objects } = await store.list({ prefix: "workflows/", startAfter, limit: 1 });
      const name = objects[0]?.key.split("/")[1];
      if (name === undefined) break;
      names.push(name);
      // "~" sorts after everything that a key of this workflow has in this place.
      startAfter = `workflows/${name}/~`;
    }
    const definitions = await Promise.all(
      names.map((name) =>
        get(name).catch((error) => (isNotFound(error) ? undefined : Promise.reject(error))),
      ),
    );
    return definitions
      .filter((definition) => definition !== undefined)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  return { put, get, getStored: read, versions, list, delete: remove };
}

function checkFiles(files: Record<string, string>): void {
  const problems = filesProblems(files);
  if (problems.length > 0) throw invalidInput("invalid-workflow", problems, "workflow");
}

function digestOf(specification: string, files: Record<string, string>): string {
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256")
    .update(JSON.stringify([specification, sorted]))
    .digest("hex");
}

function parsePointer(body: Uint8Array): Pointer {
  return JSON.parse(Buffer.from(body).toString("utf8")) as Pointer;
}

function definitionKey(name: string, version: number): string {
  return `workflows/${name}/${version}/definition.json`;
}

function pointerKey(name: string): string {
  return `workflows/${name}/current.json`;
}

function workflowNotFound(name: string): ApiError {
  return notFound(
    "workflow-not-found",
    `there is no workflow "${name}"; GET /v1/workflows lists those there are`,
  );
}

function versionNotFound(name: string, version: number): ApiError {
  return notFound("workflow-not-found", `workflow "${name}" has no version ${version}`);
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}
