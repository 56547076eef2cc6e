import type { AzureAccount } from "../../../components/clouds/azure/account.ts";

/** The lists of a subscription, for which the provider has no functions; it lends its token. */
export interface ResourceManager {
  /**
   * All pages of a list, e.g. `resources`; empty where the resource group does not exist.
   * @throws Error with the service's code and message.
   */
  list<Item>(path: string, query: Record<string, string>): Promise<Item[]>;
}

interface Page<Item> {
  value?: Item[];
  nextLink?: string;
  error?: { code?: string; message?: string };
}

export function createResourceManager(
  subscriptionId: string,
  token: NonNullable<AzureAccount["token"]>,
  request: typeof fetch = fetch,
): ResourceManager {
  const { resourceManager } = token.claims;
  return {
    async list<Item>(path: string, query: Record<string, string>) {
      const items: Item[] = [];
      let next: string | undefined =
        `${resourceManager}/subscriptions/${subscriptionId}/${path}?${new URLSearchParams(query)}`;
      // The token goes to the resource manager and nowhere else.
      while (next?.startsWith(`${resourceManager}/`)) {
        const response: Response = await request(next, {
          headers: { authorization: `Bearer ${token.text}` },
          redirect: "error",
          signal: AbortSignal.timeout(30_000),
        });
        const page = (await response.json()) as Page<Item>;
        if (page.error?.code === "ResourceGroupNotFound") return [];
        if (!response.ok)
          throw new Error(`${response.status} ${page.error?.code ?? ""}: ${page.error?.message ?? ""}`);
        items.push(...(page.value ?? []));
        next = page.nextLink;
      }
      return items;
    },
  };
}
