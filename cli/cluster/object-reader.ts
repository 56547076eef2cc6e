import { ApiException, type KubernetesObject, type KubernetesObjectApi } from "@kubernetes/client-node";
import type { HangingObject } from "./hanging-objects.ts";

/** An object of any kind, with the fields that matter here. */
export interface FoundObject extends KubernetesObject {
  apiVersion: string;
  kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: each kind has a form of its own
  spec?: any;
  status?: { phase?: string };
}

export interface ObjectReader {
  /** Of all namespaces that the reader sees; empty where the cluster does not know the kind. */
  list(apiVersion: string, kind: string): Promise<FoundObject[]>;
  /** Undefined where there is none. */
  read(reference: {
    apiVersion: string;
    kind: string;
    name: string;
    namespace: string;
  }): Promise<FoundObject | undefined>;
  remove(object: KubernetesObject): Promise<void>;
  hanging(object: FoundObject, owns: string): HangingObject;
}

/** Longer than any answer takes; a private API server does not answer at all. */
const ANSWER_SECONDS = 20;

export function createObjectReader(client: KubernetesObjectApi, namespace?: string): ObjectReader {
  return {
    async list(apiVersion, kind) {
      const found: FoundObject[] = [];
      let next: string | undefined;
      do {
        const token = next;
        const page = await answered(() => listPage(client, apiVersion, kind, token));
        if (page === undefined) return [];
        const items = (page.items as FoundObject[]).filter((item) => isWithin(item, namespace));
        found.push(...items.map((item) => ({ ...item, apiVersion, kind })));
        next = page.metadata?._continue || undefined;
      } while (next !== undefined);
      return found;
    },
    async read({ apiVersion, kind, name, namespace }) {
      const found = await answered(() => client.read({ apiVersion, kind, metadata: { name, namespace } }));
      return found && ({ ...found, apiVersion, kind } as FoundObject);
    },
    async remove(object) {
      await answered(() => client.delete(object, undefined, undefined, undefined, undefined, "Background"));
    },
    hanging({ apiVersion, kind, metadata }, owns) {
      const { name = "", namespace, finalizers = [], deletionTimestamp } = metadata ?? {};
      const isDeleting = deletionTimestamp !== undefined;
      return { apiVersion, kind, name, owns, finalizers, isDeleting, ...(namespace && { namespace }) };
    },
  };
}

/** A volume of the whole cluster belongs to the namespace of its claim. */
function isWithin({ metadata, spec }: FoundObject, namespace: string | undefined): boolean {
  if (namespace === undefined) return true;
  return (metadata?.namespace ?? spec?.claimRef?.namespace) === namespace;
}

async function listPage(client: KubernetesObjectApi, apiVersion: string, kind: string, token?: string) {
  const none = undefined;
  return await client.list(apiVersion, kind, none, none, none, none, none, none, 500, token);
}

/** Undefined where the server says that there is no such thing. @throws Error when it does not answer. */
async function answered<Answer>(question: () => Promise<Answer>): Promise<Answer | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_SECONDS} s`)), ANSWER_SECONDS * 1000);
  });
  try {
    return await Promise.race([question(), late]);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function isMissing(error: unknown): boolean {
  if (error instanceof ApiException) return error.code === 404;
  return error instanceof Error && /Unrecognized API version and kind/.test(error.message);
}
