import type { AzureAccount } from "./account.ts";

export interface RegistryLogin {
  username: string;
  /** A secret; good for a few hours. */
  password: string;
}

/** What the registry calls those who log in with a token (Azure/acr, docs/AAD-OAuth.md). */
const username = "00000000-0000-0000-0000-000000000000";

/**
 * Trades the provider's own login for one at the registry (Azure/acr, docs/AAD-OAuth.md: POST /oauth2/exchange), so that
 * the registry needs no user of its own. Without a token of Entra, as with simulated providers, there is nothing to trade, and nobody is asked.
 * @throws Error when the registry refuses.
 */
export async function logInToRegistry(
  { tenantId, token }: AzureAccount,
  loginServer: string,
  request: typeof fetch = fetch,
): Promise<RegistryLogin> {
  if (token === undefined || token.claims.simulated) return { username, password: "" };
  const response = await request(`https://${loginServer}/oauth2/exchange`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "access_token",
      service: loginServer,
      tenant: tenantId,
      access_token: token.text,
    }),
    redirect: "error",
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok)
    throw new Error(
      `${loginServer} refused the login that the update runs under with status ${response.status}; it needs the role AcrPush`,
    );
  const { refresh_token: password } = (await response.json()) as { refresh_token?: string };
  if (password === undefined) throw new Error(`${loginServer} answered the login without a token`);
  return { username, password };
}
