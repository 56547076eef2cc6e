import assert from "node:assert/strict";
import { Registry } from "prom-client";
import { type ShopModel, shopModel, weights } from "../../examples/model-routing/models.ts";
import { putRoute, visits } from "../../examples/model-routing/shop.ts";
import { publishModel } from "../../runtime/inference/publish-model.ts";
import { createLogger } from "../../runtime/monitoring/logger.ts";
import { createInferenceRouter } from "../../runtime/routes/inference.ts";
import { createRoutingRouter } from "../../runtime/routes/routing.ts";
import { createApp, listen, type RunningServer } from "../../runtime/server.ts";
import { useReplicas } from "../runtime/routing/routing-fixture.ts";
import { seededRandom } from "../runtime/routing/seeded-random.ts";

const models = Object.keys(weights) as ShopModel[];

describe("examples/model-routing", function () {
  this.timeout(300_000);
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
        createRoutingRouter({ routes }),
      ],
    });
    server = await listen(app, "127.0.0.1", 0);
    url = `http://127.0.0.1:${server.port}`;
  });
  afterEach(() => server.stop(0));

  const share = (met: ShopModel[], model: ShopModel) =>
    met.filter((name) => name === model).length / met.length;

  it("sends over 90 % to the better model after 2,000 rewarded visits, and moves within 1,000 when the sale begins", async () => {
    const random = seededRandom(11);
    await putRoute({ url });
    const everyday = await visits({ url }, { season: "everyday", count: 2000, random });
    assert.ok(share(everyday.slice(-500), "by-taste") > 0.9, `${share(everyday.slice(-500), "by-taste")}`);
    const sale = await visits({ url }, { season: "sale", count: 1000, random });
    assert.ok(share(sale.slice(-200), "by-price") > 0.9, `${share(sale.slice(-200), "by-price")}`);
  });
});
