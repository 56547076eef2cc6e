// Stands in for a vault of Azure Key Vault, since no emulator of it runs here: secrets alone, as far as the driver and the
// suites use them, written after Microsoft's reference of the REST API 7.x
// (https://learn.microsoft.com/rest/api/keyvault/secrets/operation-groups). The SDK talks to it as to the service: over HTTPS,
// after a challenge, with an access token that is checked for its resource and its time, though not for its
// signature. Other than the service it takes values of any size.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { emulatorUrl } from "../emulator.ts";

const resource = "https://vault.azure.net";

interface Version {
  id: string;
  value: string;
  isEnabled: boolean;
}

interface Answer {
  status: number;
  content: unknown;
  headers?: Record<string, string>;
}

export interface KeyVaultServer {
  url: string;
  /** Requests without a token that were answered with a challenge. */
  challenges: () => number;
  requests: () => number;
  close: () => Promise<void>;
}

/** @param options.mayRead whether the identity has a role that lets it read. Default true. */
export async function startKeyVaultServer({ mayRead = true } = {}): Promise<KeyVaultServer> {
  const secrets = new Map<string, Version[]>();
  const deleted = new Map<string, Version[]>();
  let challenges = 0;
  let requests = 0;
  let url = "";

  function bundle(name: string, { id, value, isEnabled }: Version) {
    const seconds = Math.floor(Date.now() / 1000);
    const attributes = { enabled: isEnabled, created: seconds, updated: seconds, recoverableDays: 90 };
    return { value, id: `${url}/secrets/${name}/${id}`, attributes };
  }

  function challenge(error?: string): Answer {
    challenges += 1;
    const tenant = process.env.AZURE_TENANT_ID;
    const reason = error === undefined ? "" : `, error="invalid_token", error_description="${error}"`;
    return {
      ...failure(401, "Unauthorized", `AKV10000: Request is missing a Bearer or PoP token. ${error ?? ""}`),
      headers: {
        "www-authenticate": `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="${resource}"${reason}`,
      },
    };
  }

  function get(name: string): Answer {
    const version = secrets.get(name)?.at(-1);
    if (!mayRead)
      return failure(
        403,
        "Forbidden",
        `Caller is not authorized to perform action on resource.\r\nAction: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'\r\nResource: '/secrets/${name}'\r\nAssignment: (not found)`,
        "ForbiddenByRbac",
      );
    if (version === undefined)
      return failure(
        404,
        "SecretNotFound",
        `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command.`,
      );
    if (!version.isEnabled)
      return failure(
        403,
        "Forbidden",
        "Operation get is not allowed on a disabled secret.",
        "SecretDisabled",
      );
    return { status: 200, content: bundle(name, version) };
  }

  function put(name: string, { value }: { value?: unknown }): Answer {
    if (deleted.has(name))
      return failure(
        409,
        "Conflict",
        `Secret ${name} is currently in a deleted but recoverable state`,
        "ObjectIsDeletedButRecoverable",
      );
    if (typeof value !== "string")
      return failure(400, "BadParameter", "The property value must be specified.");
    const version = { id: randomUUID().replaceAll("-", ""), value, isEnabled: true };
    secrets.set(name, [...(secrets.get(name) ?? []), version]);
    return { status: 200, content: bundle(name, version) };
  }

  function change(name: string, body: { attributes?: { enabled?: boolean } }): Answer {
    const version = secrets.get(name)?.at(-1);
    if (version === undefined)
      return failure(404, "SecretNotFound", `A secret with (name/id) ${name} was not found`);
    version.isEnabled = body.attributes?.enabled ?? version.isEnabled;
    return { status: 200, content: bundle(name, version) };
  }

  function remove(name: string): Answer {
    const versions = secrets.get(name);
    if (versions === undefined)
      return failure(404, "SecretNotFound", `A secret with (name/id) ${name} was not found`);
    deleted.set(name, versions);
    secrets.delete(name);
    return { status: 200, content: { ...bundle(name, versions.at(-1) as Version), value: undefined } };
  }

  async function answer(request: IncomingMessage): Promise<Answer> {
    requests += 1;
    const body = await textOf(request);
    const problem = tokenProblem(request.headers.authorization);
    if (problem !== undefined) return challenge(request.headers.authorization && problem);
    const { pathname, searchParams } = new URL(request.url ?? "/", url);
    if (!/^(7\.\d|\d{4}-\d\d-\d\d)/.test(searchParams.get("api-version") ?? ""))
      return failure(400, "BadParameter", "api-version must be specified");
    const [, collection, name = ""] = pathname.split("/");
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(name))
      return failure(400, "BadParameter", `The request URI contains an invalid name: ${name}`);
    const key = `${request.method} ${collection}`;
    const parsed = body === "" ? {} : JSON.parse(body);
    if (key === "GET secrets") return get(name);
    if (key === "PUT secrets") return put(name, parsed);
    if (key === "PATCH secrets") return change(name, parsed);
    if (key === "DELETE secrets") return remove(name);
    if (key === "GET deletedsecrets" && deleted.has(name))
      return { status: 200, content: { id: `${url}/secrets/${name}`, recoveryId: `${url}${pathname}` } };
    return failure(404, "NotFound", `${request.method} ${pathname}`);
  }

  const server = createServer(
    {
      cert: readFileSync(emulatorUrl("SKYLOOM_TEST_AZURE_CERTIFICATE")),
      key: readFileSync(emulatorUrl("SKYLOOM_TEST_AZURE_KEY")),
    },
    async (request, response) => {
      const { status, content, headers } = await answer(request);
      response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
      response.end(JSON.stringify(content));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    challenges: () => challenges,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function failure(status: number, code: string, message: string, inner?: string): Answer {
  const innererror = inner === undefined ? {} : { innererror: { code: inner } };
  return { status, content: { error: { code, message, ...innererror } } };
}

/** What is wrong with the access token; undefined if nothing. */
function tokenProblem(authorization: string | undefined): string | undefined {
  const [, claims] = /^Bearer [^.]+\.([^.]+)\./.exec(authorization ?? "") ?? [];
  if (claims === undefined) return "There is no token.";
  const { aud, exp } = JSON.parse(Buffer.from(claims, "base64url").toString());
  if (aud !== resource) return "Error validating token: IDX10214: Audience validation failed.";
  return exp * 1000 < Date.now()
    ? "Error validating token: IDX10223: Lifetime validation failed. The token is expired."
    : undefined;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
