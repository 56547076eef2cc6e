import { readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Small answers in the form that each price interface documents; see answers/. */
const answers = (name: string) =>
  JSON.parse(readFileSync(new URL(`answers/${name}.json`, import.meta.url), "utf8"));

export interface PriceServer {
  base: string;
  /** Addresses that were asked, without the host. */
  asked: string[];
  close(): Promise<void>;
}

type Respond = (address: URL, response: ServerResponse) => void;

/** Serves on loopback. @param before answers instead, when it says so: for what goes wrong. */
export async function startPriceServer(
  before: (address: URL, response: ServerResponse) => boolean = () => false,
): Promise<PriceServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const address = new URL(request.url ?? "/", base());
    asked.push(`${address.pathname}${decodeURIComponent(address.search)}`);
    if (!before(address, response)) responderOf(address.pathname)(address, response);
  });
  const base = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { base: base(), asked, close };
}

function responderOf(path: string): Respond {
  if (path.startsWith("/offers/")) return aws;
  return path.startsWith("/api/retail/") ? azure : gcp;
}

function aws({ pathname }: URL, response: ServerResponse): void {
  const offer = pathname.split("/")[4] ?? "";
  const empty = { formatVersion: "v1.0", offerCode: offer, products: {}, terms: { OnDemand: {} } };
  json(response, answers("aws")[offer] ?? empty);
}

/** The second page of Storage is where the first says. */
function azure(address: URL, response: ServerResponse): void {
  const filter = address.searchParams.get("$filter") ?? "";
  const all = answers("azure");
  const serviceName = /serviceName eq '([^']+)'/.exec(filter)?.[1] ?? "";
  const second = address.searchParams.get("$skip") === "1000";
  const key = serviceName === "Virtual Machines" ? "machines" : `${serviceName}${second ? " 2" : ""}`;
  const next = new URL(address);
  next.searchParams.set("$skip", "1000");
  const hasNext = !second && all[`${serviceName} 2`] !== undefined;
  const items = (all[key] ?? []).filter(
    ({ armSkuName }: { armSkuName: string }) => armSkuName === "" || filter.includes(`'${armSkuName}'`),
  );
  json(response, {
    BillingCurrency: "USD",
    CustomerEntityId: "Default",
    CustomerEntityType: "Retail",
    Items: items,
    NextPageLink: hasNext ? next.href : null,
    Count: items.length,
  });
}

function gcp(address: URL, response: ServerResponse): void {
  if (!address.searchParams.get("key")) {
    response.writeHead(403).end("{}");
    return;
  }
  const pages = answers("gcp")[address.pathname.split("/")[3] ?? ""] ?? [[]];
  const page = Number(address.searchParams.get("pageToken") ?? 0);
  json(response, { skus: pages[page], nextPageToken: page + 1 < pages.length ? String(page + 1) : "" });
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
