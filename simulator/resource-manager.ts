import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { loadQuotaFamilies } from "../pricing/quota-families.ts";
import { listResources } from "./resource-lists.ts";
import { AZURE_TENANT } from "./session.ts";
import type { Store } from "./store.ts";

/** vCPUs of each family in a simulated subscription, where `quotas.json` in the state says nothing else. */
const DEFAULT_LIMIT = 2000;
const DEFAULT_REGIONAL_LIMIT = 10_000;
const USAGES = /^\/subscriptions\/[^/]+\/providers\/Microsoft\.Compute\/locations\/([a-z0-9]+)\/usages$/;

export interface ResourceManager {
  /** `http://127.0.0.1:PORT` */
  address: string;
  close(): Promise<void>;
}

/** A token in the form of Entra's whose audience is the simulated resource manager; nobody signed it. */
export function accessToken(resourceManager: string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const claims = { aud: resourceManager, idtyp: "user", tid: AZURE_TENANT, exp: 4_102_444_800 };
  return `${encode({ alg: "none", typ: "JWT" })}.${encode(claims)}.`;
}

/** The calls of the Azure Resource Manager for which its provider has no function: quotas of compute by region, and lists. */
export async function startResourceManager(store: Store): Promise<ResourceManager> {
  const server = createServer((request, response) => answer(store, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(store: Store, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const path = url.pathname;
  const listed = request.method === "GET" ? listResources(store, url) : undefined;
  if (!request.headers.authorization?.startsWith("Bearer "))
    send(response, 401, { error: { code: "AuthenticationFailed", message: "Authentication failed." } });
  else if (request.method === "GET" && USAGES.test(path)) send(response, 200, { value: usages(store) });
  else if (listed) send(response, listed.status, listed.document);
  else
    send(response, 404, {
      error: { code: "NotFound", message: `the simulator has no ${request.method} ${path}` },
    });
}

/** Microsoft.Compute's usages (learn.microsoft.com/rest/api/compute/usage/list), of the families that the price tables name. */
function usages(store: Store): object[] {
  const names = loadQuotaFamilies().flatMap(({ cloud, quota }) =>
    cloud === "azure" && quota ? [quota] : [],
  );
  return [...new Set(names)].map((name) => ({
    unit: "Count",
    currentValue: 0,
    limit: store.quota(`azure/${name}`) ?? (/cores$/i.test(name) ? DEFAULT_REGIONAL_LIMIT : DEFAULT_LIMIT),
    name: { value: name, localizedValue: name },
  }));
}

function send(response: ServerResponse, status: number, document: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
}
