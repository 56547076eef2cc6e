import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { type ShopModel, shopModel, weights } from "../../../examples/model-routing/models.ts";
import { putRoute, routeName, visits } from "../../../examples/model-routing/shop.ts";
import { visitor } from "../../../examples/model-routing/visitors.ts";
import { publishModel } from "../../../runtime/inference/publish-model.ts";
import type { ModelReport } from "../../../runtime/inference/report/model-report.ts";
import { createLogger } from "../../../runtime/monitoring/logger.ts";
import { createInferenceRouter } from "../../../runtime/routes/inference.ts";
import { createModelReportRouter } from "../../../runtime/routes/model-report.ts";
import { createRoutingRouter } from "../../../runtime/routes/routing.ts";
import { createApp, listen, type RunningServer } from "../../../runtime/server.ts";
import { useReplicas } from "../../runtime/routing/routing-fixture.ts";
import { seededRandom } from "../../runtime/routing/seeded-random.ts";

const models = Object.keys(weights) as ShopModel[];

describe("examples/model-routing", () => {
  const replicas = useReplicas();
  let server: RunningServer;
  let url: string;

  beforeEach(async () => {
    for (const name of models) await publishModel(replicas.engines.store, shopModel(name));
    const { routes, inference } = await replicas.start();
    const app = createApp({
      logger: createLogger("silent"),
      registry: new Registry(),
      token: undefined,
      readiness: [],
      routers: [
        createInferenceRouter({ inference, name: "skyloom", version: "1" }),
        createModelReportRouter({ inference }),
        createRoutingRouter({ routes }),
      ],
    });
    server = await listen(app, "127.0.0.1", 0);
    url = `http://127.0.0.1:${server.port}`;
  });
  afterEach(() => server.stop(0));

  it("tells of each model what its route sent it and what it earned", async () => {
    await putRoute({ url });
    const visitors = await visits({ url }, { season: "sale", count: 60, random: seededRandom(11) });
    const count = visitors.filter((name) => name === "by-price").length;
    const response = await fetch(`${url}/v1/models/by-price/report`);
    const { routing, versions } = (await response.json()) as ModelReport;
    const [target] = routing;
    assert.deepEqual(
      [
        routing.length,
        target?.route,
        target?.kind,
        target?.target,
        target?.decisions.policy,
        target?.failures,
      ],
      [1, routeName, "bandit", "price", count, 0],
    );
    assert.ok(target?.share === count / 60);
    assert.equal(target?.rewards.count, count);
    assert.ok((target?.rewards.mean ?? 0) > 0.5, `${target?.rewards.mean}`);
    assert.equal(versions[0]?.totalSeconds.count, count);
    const page = await (await fetch(`${url}/v1/models/by-price/report?format=html`)).text();
    assert.match(page, /<h2>Routing<\/h2>[\s\S]*offer \(bandit\)[\s\S]*<th>total<\/th>/);
  });

  it("has models that choose by what their names say, and visitors with a favourite", async () => {
    const offers = [0.9, 0.1, 0.2, 0.3, 0.8, 0.9, 0.1, 0.2];
    const [inference] = [replicas.engines.start()];
    const inputs = [{ name: "offers", datatype: "FP32" as const, shape: [1, 4, 2], data: offers }];
    const choices = await Promise.all(models.map((name) => inference.infer(name, undefined, { inputs })));
    assert.deepEqual(
      choices.map(({ outputs }) => outputs[0]?.data),
      [[2], [3]],
    );
    const values = [...offers, 0.5, 0.5];
    const next = () => values.shift() as number;
    const { buys } = visitor("sale", next);
    assert.deepEqual([buys(3), buys(2)], [true, false]);
  });
});
