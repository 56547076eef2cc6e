import { ApiError, invalidInput, notFound, type Problem } from "../errors.ts";
import { isPreconditionFailed } from "../object-store/object-key.ts";
import type { ObjectStore } from "../object-store/object-store.ts";
import { aliasPattern, aliasRule } from "./manifest.ts";
import {
  type ModelPointer,
  modelNotFound,
  pointerKey,
  readManifest,
  readPointer,
  versionPolicySchema,
} from "./read-models.ts";

/*
 * Changes of models/NAME/current.json. Whoever serves the model sees them within a second, and loads what it needs while
 * the versions of before still answer. All throw ApiError `model-not-found`, `model-version-not-found` (404), and
 * `publish-conflict` (503) where somebody else changed the pointer meanwhile.
 */

type Pointer = Omit<ModelPointer, "etag">;

/**
 * Makes a version that is there the current one, e.g. the one before: a rollback.
 * @returns the version that was current
 */
export async function selectVersion(store: ObjectStore, name: string, version: number): Promise<number> {
  await readManifest(store, name, version);
  const { before } = await changePointer(store, name, (pointer) => ({ ...pointer, version }));
  return before.version;
}

/**
 * Gives a version a name of its own, by which it can be asked for.
 * @param version undefined: the alias goes
 * @throws ApiError `invalid-alias` (400), `alias-not-found` (404)
 */
export async function setAlias(
  store: ObjectStore,
  name: string,
  alias: string,
  version: number | undefined,
): Promise<Pointer> {
  if (!aliasPattern.test(alias))
    throw invalidInput("invalid-alias", [{ path: "alias", message: aliasRule }], "alias");
  if (version !== undefined) await readManifest(store, name, version);
  const { after } = await changePointer(store, name, (pointer) => {
    const { [alias]: known, ...others } = pointer.aliases;
    if (version === undefined && known === undefined)
      throw notFound("alias-not-found", `model ${name} has no alias ${alias}`);
    return { ...pointer, aliases: version === undefined ? others : { ...others, [alias]: version } };
  });
  return after;
}

/**
 * Which versions may be asked for besides the current one and those with an alias.
 * @throws ApiError `invalid-policy` (400)
 */
export async function setVersionPolicy(store: ObjectStore, name: string, policy: unknown): Promise<Pointer> {
  const parsed = versionPolicySchema.safeParse(policy);
  const problems: Problem[] = (parsed.error?.issues ?? []).map(({ message }) => ({
    path: "versionPolicy",
    message,
  }));
  if (!parsed.success) throw invalidInput("invalid-policy", problems, "version policy");
  const { data: versionPolicy } = parsed;
  if (typeof versionPolicy === "object" && "specific" in versionPolicy)
    for (const version of versionPolicy.specific) await readManifest(store, name, version);
  const { after } = await changePointer(store, name, (pointer) => ({ ...pointer, versionPolicy }));
  return after;
}

async function changePointer(
  store: ObjectStore,
  name: string,
  change: (pointer: Pointer) => Pointer,
): Promise<{ before: Pointer; after: Pointer }> {
  const current = await readPointer(store, name);
  if (current === undefined) throw modelNotFound(name);
  const { etag, ...before } = current;
  const after = change(before);
  try {
    await store.put(pointerKey(name), `${JSON.stringify(after, null, 2)}\n`, { ifMatch: etag });
  } catch (error) {
    if (!isPreconditionFailed(error)) throw error;
    throw new ApiError(`model ${name} was changed by somebody else meanwhile; look again, then try again`, {
      status: 503,
      code: "publish-conflict",
      cause: error,
    });
  }
  return { before, after };
}
