/** What a bearer token of Entra says about itself. */
export interface EntraToken {
  /** Address of the resource manager that it is for, without a slash at the end. */
  resourceManager: string;
  principalType: "ServicePrincipal" | "User";
  /** Not Azure's, but that of a simulated provider on this machine. */
  simulated: boolean;
}

/** Audiences of the resource managers of Azure's clouds (https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud). */
const resourceManagers: Record<string, string> = {
  "https://management.azure.com": "https://management.azure.com",
  "https://management.core.windows.net": "https://management.azure.com",
  "https://management.usgovcloudapi.net": "https://management.usgovcloudapi.net",
  "https://management.core.usgovcloudapi.net": "https://management.usgovcloudapi.net",
  "https://management.chinacloudapi.cn": "https://management.chinacloudapi.cn",
  "https://management.core.chinacloudapi.cn": "https://management.chinacloudapi.cn",
};

/** A stand-in for the resource manager on this machine. */
const loopback = /^http:\/\/(127\.0\.0\.1|localhost):\d+$/;

/**
 * Reads the claims of an access token without checking its signature: only to know where it may be sent. Undefined for
 * anything that is not a token for a known resource manager, e.g. that of a simulated provider.
 */
export function readEntraToken(token: string): EntraToken | undefined {
  const claims = decodeClaims(token);
  const audience = typeof claims?.aud === "string" ? claims.aud.replace(/\/+$/, "") : "";
  const simulated = loopback.test(audience);
  const resourceManager = simulated ? audience : resourceManagers[audience];
  if (resourceManager === undefined) return undefined;
  return { resourceManager, principalType: claims?.idtyp === "app" ? "ServicePrincipal" : "User", simulated };
}

function decodeClaims(token: string): Record<string, unknown> | undefined {
  const [, claims] = token.split(".");
  if (claims === undefined) return undefined;
  try {
    const decoded: unknown = JSON.parse(Buffer.from(claims, "base64url").toString("utf8"));
    return typeof decoded === "object" && decoded !== null ? (decoded as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
