import assert from "node:assert/strict";
import type { AzureAccount } from "../../../../components/clouds/azure/account.ts";
import { planNodes } from "../../../../components/clouds/azure/node-plan.ts";
import { checkQuotas } from "../../../../components/clouds/azure/quotas.ts";
import { development, pool } from "./fixture.ts";

const MANAGER = "https://management.azure.com";
const account: AzureAccount = {
  subscriptionId: "subscription",
  tenantId: "tenant",
  objectId: undefined,
  token: { text: "token", claims: { resourceManager: MANAGER, principalType: "User", simulated: false } },
};

/** Pages of usages, each with a link to the next. */
function serving(...pages: Record<string, [limit: number, used: number]>[]) {
  const asked: string[] = [];
  const request = (async (address: string, { headers }: { headers: Record<string, string> }) => {
    asked.push(`${address} ${headers.authorization}`);
    const value = Object.entries(pages[asked.length - 1] ?? {}).map(([name, [limit, used]]) => ({
      name: { value: name, localizedValue: name },
      limit,
      currentValue: used,
    }));
    return Response.json({ value, ...(asked.length < pages.length && { nextLink: `${MANAGER}/next` }) });
  }) as unknown as typeof fetch;
  return { request, asked };
}

function check(gpuPools: typeof development.gpuPools, request: typeof fetch, as = account) {
  const planned = planNodes({ ...development, gpuPools }, "westeurope");
  assert.ok("plan" in planned);
  return checkQuotas(as, "westeurope", planned.plan, request);
}

// System pool: up to 3 × 4 vCPUs; general pool: 1 to 3 × 4.
const enough: Record<string, [number, number]> = { standardDASv5Family: [24, 0], cores: [100, 0] };
const onDemand = { ...pool, spot: false };

describe("quotas at azure", () => {
  it("are read once, with the provider's token, page by page", async () => {
    const { request, asked } = serving(enough, { "Standard NCASv3_T4 Family": [8, 0] });
    assert.deepEqual(await check([onDemand], request), { problems: [], warnings: [] });
    assert.deepEqual(asked, [
      `${MANAGER}/subscriptions/subscription/providers/Microsoft.Compute/locations/westeurope/usages?api-version=2024-07-01 Bearer token`,
      `${MANAGER}/next Bearer token`,
    ]);
  });

  it("are too small when the pools' maximum is above the limit: what, have, need, where to ask", async () => {
    const { request } = serving({ ...enough, "Standard NCASv3_T4 Family": [7, 0] });
    const { problems } = await check([onDemand], request);
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? "",
      /Standard NCASv3_T4 Family vCPUs" is too small: 7 vCPUs in westeurope, 0 of them in use; GPU pool t4 may need 8; ask for more at https:/,
    );
  });

  it("of spot machines are others than those of on-demand ones", async () => {
    const { request } = serving({ ...enough, "Standard NCASv3_T4 Family": [0, 0], lowPriorityCores: [8, 0] });
    assert.deepEqual(await check([pool], request), { problems: [], warnings: [] });
    const none = serving({ ...enough, "Standard NCASv3_T4 Family": [100, 0], lowPriorityCores: [0, 0] });
    assert.match((await check([pool], none.request)).problems.join(), /Low-priority.*GPU pool t4/);
  });

  it("add up over pools", async () => {
    const { request } = serving({ ...enough, cores: [31, 0], "Standard NCASv3_T4 Family": [8, 0] });
    const { problems } = await check([onDemand], request);
    assert.match(
      problems.join(),
      /Total Regional vCPUs.*the system pool, the general pool, GPU pool t4 may need 32/,
    );
  });

  it("that are used up are a warning: it may be this stack that uses them", async () => {
    const { request } = serving({ ...enough, standardDASv5Family: [24, 20] });
    const { problems, warnings } = await check([], request);
    assert.deepEqual(problems, []);
    assert.match(warnings.join(), /standardDASv5Family vCPUs" may be too small: 24 vCPUs.*20 of them in use/);
  });

  it("that Azure does not list are unknown", async () => {
    const { request } = serving({ cores: [100, 0] });
    const { problems, warnings } = await check([], request);
    assert.deepEqual(problems, []);
    assert.match(warnings.join(), /standardDASv5Family vCPUs" of westeurope is unknown/);
  });

  it("that cannot be read are unknown, with the reason", async () => {
    const refusing = (async () => new Response("", { status: 403 })) as unknown as typeof fetch;
    assert.match((await check([], refusing)).warnings.join(), /unknown .*Azure answered 403/);
    const { request, asked } = serving(enough);
    const without = await check([], request, { ...account, token: undefined });
    assert.match(without.warnings.join(), /unknown .*gives no token/);
    assert.deepEqual(asked, []);
  });

  it("are asked for at the resource manager only, whatever a page links to", async () => {
    const asked: string[] = [];
    const request = (async (address: string) => {
      asked.push(address);
      return Response.json({ value: [], nextLink: "https://management.azure.com.example.com/next" });
    }) as unknown as typeof fetch;
    await check([], request);
    assert.equal(asked.length, 1);
  });
});
