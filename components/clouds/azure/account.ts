import { getClientConfig } from "@pulumi/azure-native/authorization/getClientConfig.js";
import { getClientToken } from "@pulumi/azure-native/authorization/getClientToken.js";
import { type EntraToken, readEntraToken } from "./entra-token.ts";

/** Who runs the update, and where. */
export interface AzureAccount {
  subscriptionId: string;
  tenantId: string;
  /** Object id of the person or service principal; undefined where the login does not tell. */
  objectId: string | undefined;
  /** A bearer token for the resource manager and what it says; undefined where the login gives none. */
  token: { text: string; claims: EntraToken } | undefined;
}

/** The account that the provider is logged in to, or what is wrong with the login. */
export async function readAccount(): Promise<AzureAccount | { problem: string }> {
  try {
    const [{ subscriptionId, tenantId, objectId }, token] = await Promise.all([
      getClientConfig(),
      readToken(),
    ]);
    const missing = [...(subscriptionId ? [] : ["subscription"]), ...(tenantId ? [] : ["tenant"])];
    if (missing.length > 0)
      return {
        problem: `azure-native:subscriptionId: the login has no ${missing.join(" and no ")}; ${howToLogIn}`,
      };
    return { subscriptionId, tenantId, objectId: objectId || undefined, token };
  } catch (error) {
    return { problem: `azure-native: cannot log in to Azure; ${howToLogIn}: ${firstLine(error)}` };
  }
}

const howToLogIn =
  "run az login and pulumi config set azure-native:subscriptionId ID, or set ARM_SUBSCRIPTION_ID, ARM_TENANT_ID, ARM_CLIENT_ID and ARM_USE_OIDC=true";

async function readToken(): Promise<AzureAccount["token"]> {
  const { token } = await getClientToken().catch(() => ({ token: "" }));
  const claims = readEntraToken(token ?? "");
  return claims === undefined ? undefined : { text: token, claims };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().split("\n")[0] ?? "";
}
