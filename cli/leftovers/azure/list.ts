import { readAccount } from "../../../components/clouds/azure/account.ts";
import { azureNames } from "../../../components/clouds/azure/names.ts";
import { ask } from "../ask.ts";
import type { Leftover, Listing, Place, Refusal } from "../leftover.ts";
import { type DeletedVault, describe, describeGroup, describeVault, type Resource } from "./describe.ts";
import { createResourceManager, type ResourceManager } from "./resource-manager.ts";

/**
 * Asks the resource manager for whatever is in the stack's resource group and in the one of the cluster's nodes, for what
 * bears the stack's tags elsewhere, and for deleted vaults that can be brought back.
 */
export async function listAzure({ stack }: Place): Promise<Listing> {
  const account = await readAccount();
  if ("problem" in account || account.token === undefined) {
    const reason =
      "problem" in account ? account.problem : "the login gives no token for the resource manager";
    return { found: [], refusals: [{ question: "the subscription", reason, remedy: "az login" }] };
  }
  const { group, nodeGroup } = azureNames(account.subscriptionId, stack);
  const manager = createResourceManager(account.subscriptionId, account.token);
  const refusals: Refusal[] = [];
  const lists = await Promise.all([
    resources(refusals, manager, `resourceGroups/${group}/resources`),
    resources(refusals, manager, `resourceGroups/${nodeGroup}/resources`),
    resources(refusals, manager, "resources", stack),
    groups(refusals, manager, [group, nodeGroup], stack),
    vaults(refusals, manager, stack),
  ]);
  const found = new Map(lists.flat().map((each) => [each.address.toLowerCase(), each]));
  return {
    found: [...found.values()].toSorted((left, right) => left.address.localeCompare(right.address)),
    refusals,
  };
}

const remedy = "az login, and give the role Reader on the subscription to whoever destroys";
const RESOURCES = { "api-version": "2021-04-01" };
const byStack = (stack: string) => ({ $filter: `tagName eq 'stack' and tagValue eq '${stack}'` });
const isOurs = (tags: Record<string, string> | undefined, stack: string) =>
  tags?.project === "skyloom" && tags.stack === stack;

async function resources(
  refusals: Refusal[],
  manager: ResourceManager,
  path: string,
  stack?: string,
): Promise<Leftover[]> {
  const query = { ...RESOURCES, $expand: "provisioningState", ...(stack !== undefined && byStack(stack)) };
  const about = { question: `resources in ${path}`, remedy };
  const listed = (await ask(refusals, about, () => manager.list<Resource>(path, query))) ?? [];
  const wanted = stack === undefined ? listed : listed.filter(({ tags }) => isOurs(tags, stack));
  return (await Promise.all(wanted.map(describe))).filter((each) => each !== undefined);
}

/** Empty ones too. The group of the nodes bears no tag of the stack's. */
async function groups(
  refusals: Refusal[],
  manager: ResourceManager,
  names: string[],
  stack: string,
): Promise<Leftover[]> {
  const about = { question: "resource groups", remedy };
  const listed =
    (await ask(refusals, about, () => manager.list<Resource>("resourceGroups", RESOURCES))) ?? [];
  return listed.filter(({ name, tags }) => names.includes(name) || isOurs(tags, stack)).map(describeGroup);
}

async function vaults(refusals: Refusal[], manager: ResourceManager, stack: string): Promise<Leftover[]> {
  const about = { question: "deleted vaults", remedy };
  const path = "providers/Microsoft.KeyVault/deletedVaults";
  const query = { "api-version": "2023-07-01" };
  const listed = (await ask(refusals, about, () => manager.list<DeletedVault>(path, query))) ?? [];
  return listed.filter(({ properties }) => isOurs(properties.tags, stack)).map(describeVault);
}
