import { isProperties, type Properties, textAt, valueAt } from "../values.ts";
import { ApiError, isNotFound } from "./api-error.ts";
import type { Connection } from "./connection.ts";

/** How the API server serves one kind. */
export interface Served {
  apiVersion: string;
  kind: string;
  /** The name in paths, e.g. deployments. */
  plural: string;
  namespaced: boolean;
}

export interface Reference {
  served: Served;
  /** Empty for what lives in no namespace. */
  namespace: string;
  name: string;
}

export interface ApplyOptions {
  fieldManager: string;
  /** Takes over fields that another manager holds. */
  force: boolean;
  dryRun: boolean;
}

export interface ListOptions {
  labelSelector?: string;
  fieldSelector?: string;
}

/** Objects of any kind that the API server knows, as JSON. */
export class Objects {
  readonly #connection: Connection;
  readonly #served = new Map<string, Promise<Served[]>>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** How a kind is served; undefined when the server does not know it (yet): it is asked again each time. */
  async find(apiVersion: string, kind: string): Promise<Served | undefined> {
    const isMine = (served: Served) => served.kind === kind;
    const known = await this.#served.get(apiVersion);
    const found = known?.find(isMine);
    if (found) return found;
    const listing = this.#discover(apiVersion);
    this.#served.set(apiVersion, listing);
    listing.catch(() => this.#served.delete(apiVersion));
    return (await listing).find(isMine);
  }

  async #discover(apiVersion: string): Promise<Served[]> {
    try {
      const { text } = await this.#connection.send("GET", { path: groupPath(apiVersion) });
      return listOf(JSON.parse(text).resources)
        .map((resource) => ({
          apiVersion,
          kind: textAt(resource, "kind") ?? "",
          plural: textAt(resource, "name") ?? "",
          namespaced: resource.namespaced === true,
        }))
        .filter(({ plural }) => !plural.includes("/"));
    } catch (error) {
      if (isNotFound(error)) return [];
      throw error;
    }
  }

  async get(reference: Reference): Promise<Properties | undefined> {
    try {
      const { text } = await this.#connection.send("GET", { path: pathOf(reference) });
      return JSON.parse(text);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Server-side apply. @returns the object as it is now, or in a dry run as it would be. */
  async apply(
    reference: Reference,
    object: Properties,
    options: ApplyOptions,
  ): Promise<{ object: Properties; warnings: string[] }> {
    const query = {
      fieldManager: options.fieldManager,
      force: String(options.force),
      fieldValidation: "Warn",
      ...(options.dryRun && { dryRun: "All" }),
    };
    const { text, warnings } = await this.#connection.send("PATCH", {
      path: pathOf(reference),
      query,
      body: JSON.stringify(object),
      contentType: "application/apply-patch+yaml",
    });
    return { object: JSON.parse(text), warnings };
  }

  /** Asks for deletion; the object may stay until its dependents and finalizers are gone. Absent: nothing happens. */
  async delete(reference: Reference, options: { propagationPolicy: string; uid?: string }): Promise<void> {
    const body = JSON.stringify({
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: options.propagationPolicy,
      ...(options.uid && { preconditions: { uid: options.uid } }),
    });
    try {
      await this.#connection.send("DELETE", { path: pathOf(reference), body });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /** Empty also when the kind is not served or may not be listed: lists only serve to explain. */
  async list(
    apiVersion: string,
    kind: string,
    namespace: string,
    options: ListOptions = {},
  ): Promise<Properties[]> {
    try {
      const served = await this.find(apiVersion, kind);
      if (!served) return [];
      const path = pathOf({ served, namespace, name: "" }).replace(/\/$/, "");
      const { text } = await this.#connection.send("GET", { path, query: { ...options } });
      return listOf(JSON.parse(text).items);
    } catch (error) {
      if (error instanceof ApiError) return [];
      throw error;
    }
  }

  /** The last lines that a container wrote; of its run before this one where it was started again. */
  async log(namespace: string, pod: string, container: string, previous: boolean): Promise<string> {
    try {
      const { text } = await this.#connection.send("GET", {
        path: `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`,
        query: { container, tailLines: "5", limitBytes: "4000", ...(previous && { previous: "true" }) },
      });
      return text.trim();
    } catch (error) {
      if (error instanceof ApiError) return ""; // no right to read logs, or none kept: the exit status must do
      throw error;
    }
  }
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function pathOf({ served, namespace, name }: Reference): string {
  const scope = served.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${groupPath(served.apiVersion)}${scope}/${served.plural}/${encodeURIComponent(name)}`;
}

/** The objects of a list; everything else is left out. */
export function listOf(value: unknown): Properties[] {
  return Array.isArray(value) ? value.filter((item) => isProperties(item)) : [];
}

/** The objects in the list at a dotted path, e.g. the containers of a pod. */
export function listAt(object: Properties | undefined, path: string): Properties[] {
  return listOf(valueAt(object, path.split(".")));
}

export function numberAt(object: Properties | undefined, path: string): number | undefined {
  const value = valueAt(object, path.split("."));
  return typeof value === "number" ? value : undefined;
}

export function annotation(object: Properties, name: string): string | undefined {
  const value = valueAt(object, ["metadata", "annotations", name]);
  return typeof value === "string" ? value : undefined;
}

/** A condition of an object's status, e.g. Available. */
export function condition(object: Properties, type: string): Properties | undefined {
  return listAt(object, "status.conditions").find((item) => item.type === type);
}

export function isCondition(object: Properties, type: string, status = "True"): boolean {
  return condition(object, type)?.status === status;
}
