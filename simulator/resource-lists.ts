import { tagsOf } from "./outputs/create-outputs.ts";
import type { Store, StoredResource } from "./store.ts";
import { type Properties, textAt } from "./values.ts";

/** What the resource manager answers: a status and a document. */
export interface Answer {
  status: number;
  document: object;
}

/** A resource that stands by itself: neither a part of another nor an extension of one. */
const TOP_LEVEL = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)\/providers\/([^/]+\/[^/]+)\/([^/]+)$/i;
const GROUP = "azure-native:resources:ResourceGroup";

/**
 * The lists of the Azure Resource Manager for which its provider has no function: resources by group and by tag, resource
 * groups by tag (learn.microsoft.com/rest/api/resources), deleted vaults (learn.microsoft.com/rest/api/keyvault).
 * Undefined for any other path.
 */
export function listResources(store: Store, url: URL): Answer | undefined {
  const [, , , ...path] = url.pathname.split("/");
  const all = store.list().filter(({ provider }) => provider === "azure-native");
  const filter = url.searchParams.get("$filter");
  switch (true) {
    case /^resources$/i.test(path.join("/")):
      return list(
        all
          .filter(isListed)
          .filter((each) => hasTag(each, filter))
          .map(resource),
      );
    case /^resourceGroups$/i.test(path.join("/")):
      return list(
        all
          .filter(({ type }) => type === GROUP)
          .filter((each) => hasTag(each, filter))
          .map(group),
      );
    case /^resourceGroups\/[^/]+\/resources$/i.test(path.join("/")):
      return resourcesOf(all, path[1] ?? "");
    case /^providers\/Microsoft.KeyVault\/deletedVaults$/i.test(path.join("/")):
      return list(all.filter(({ kept, type }) => kept && type.endsWith(":Vault")).map(deletedVault));
  }
  return undefined;
}

function list(value: object[]): Answer {
  return { status: 200, document: { value } };
}

function isListed({ id, kept }: StoredResource): boolean {
  return TOP_LEVEL.test(id) && kept !== true;
}

/** `tagName eq 'stack' and tagValue eq 'dev'` */
function hasTag({ inputs }: StoredResource, filter: string | null): boolean {
  if (filter === null) return true;
  const [, name = "", value] = /^tagName eq '([^']*)' and tagValue eq '([^']*)'$/.exec(filter) ?? [];
  return tagsOf(inputs)[name] === value;
}

function resourcesOf(all: StoredResource[], name: string): Answer {
  const inGroup = all.filter((each) => TOP_LEVEL.exec(each.id)?.[1]?.toLowerCase() === name.toLowerCase());
  const exists = all.some(
    ({ type, id }) => type === GROUP && id.toLowerCase().endsWith(`/${name.toLowerCase()}`),
  );
  if (exists) return list(inGroup.filter(isListed).map(resource));
  const message = `Resource group '${name}' could not be found.`;
  return { status: 404, document: { error: { code: "ResourceGroupNotFound", message } } };
}

function resource({ id, inputs, outputs, createdAt }: StoredResource): Properties {
  const [, , type = "", name = ""] = TOP_LEVEL.exec(id) ?? [];
  return {
    ...{ id, name, type, createdTime: createdAt, provisioningState: "Succeeded", tags: tagsOf(inputs) },
    location: textAt(inputs, "location") ?? textAt(outputs, "location") ?? "global",
    ...(inputs.sku === undefined ? {} : { sku: inputs.sku }),
  };
}

function group({ id, inputs }: StoredResource): Properties {
  const name = id.split("/").at(-1) ?? "";
  return { id, name, location: textAt(inputs, "location") ?? "", tags: tagsOf(inputs) };
}

function deletedVault({ id, inputs, keptUntil }: StoredResource): Properties {
  const name = id.split("/").at(-1) ?? "";
  const location = textAt(inputs, "location") ?? "";
  return {
    id: `${id.split("/resourceGroups/")[0]}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`,
    name,
    type: "Microsoft.KeyVault/deletedVaults",
    properties: { vaultId: id, location, tags: tagsOf(inputs), scheduledPurgeDate: keptUntil ?? "" },
  };
}
