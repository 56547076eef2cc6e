import assert from "node:assert/strict";
import { selectVersion } from "../../../runtime/inference/model-pointer.ts";
import { publishModel } from "../../../runtime/inference/model-repository.ts";
import { answerOf, useEngines } from "./engine-fixture.ts";
import { row, scaleModel } from "./models.ts";

const swaps = 50;

describe("inference engine: swaps under load", () => {
  const engines = useEngines();

  for (const batching of [undefined, { maximumSize: 8 }])
    it(`fails no request and gives no wrong answer in ${swaps} swaps, ${batching ? "with" : "without"} batching`, async () => {
      const versions = 5;
      for (let factor = 1; factor <= versions; factor += 1)
        await publishModel(engines.store, { ...scaleModel(factor), ...(batching && { batching }) });
      const inference = engines.start({ workers: 2, pointerCheckSeconds: 0.01 });
      assert.equal(await answerOf(inference, "scale"), versions);
      let isSwapping = true;
      let answered = 0;
      const client = async (number: number) => {
        while (isSwapping) {
          const { model_version, outputs } = await inference.infer("scale", undefined, row(number, 1));
          assert.deepEqual(outputs[0]?.data, [number * Number(model_version), Number(model_version)]);
          answered += 1;
        }
      };
      const clients = Promise.all(Array.from({ length: 16 }, (_, number) => client(number + 1)));
      for (let swap = 1; swap <= swaps; swap += 1) {
        const version = (swap % versions) + 1;
        await selectVersion(engines.store, "scale", version);
        await Promise.race([inference.ready("scale"), clients]);
        assert.equal(await answerOf(inference, "scale"), version);
      }
      isSwapping = false;
      await clients;
      assert.ok(answered > swaps, String(answered));
    }).timeout(60_000);
});
