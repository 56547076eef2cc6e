import { median } from "../load/statistics.ts";
import type { BenchModel } from "./bench-model.ts";
import { convolutionalModel } from "./convolutional.ts";
import { feedsOf, openSession } from "./one-thread.ts";

/** In the middle of 5 to 10: beside less, what a server adds says little of models as they are served. */
const ROW_MS = 7.5;
const FEW_LAYERS = 5;
const MANY_LAYERS = 25;
const WARM_UP_RUNS = 3;
const RUNS = 15;

/** As deep as makes a row take 5 to 10 ms on a processor of this machine; processors differ by more than that. */
export async function fittedConvolutionalModel(): Promise<BenchModel> {
  const [few, many] = [await rowMs(FEW_LAYERS), await rowMs(MANY_LAYERS)];
  const layerMs = (many - few) / (MANY_LAYERS - FEW_LAYERS);
  const layers = Math.max(0, FEW_LAYERS + Math.round((ROW_MS - few) / layerMs));
  return convolutionalModel(layers);
}

/** Of a model with so many last layers. */
async function rowMs(lastLayers: number): Promise<number> {
  const model = convolutionalModel(lastLayers);
  const session = await openSession(model.onnx);
  try {
    const feeds = feedsOf(model, 1);
    const times: number[] = [];
    for (let run = 0; run < WARM_UP_RUNS + RUNS; run += 1) {
      const begun = performance.now();
      await session.run(feeds);
      if (run >= WARM_UP_RUNS) times.push(performance.now() - begun);
    }
    return median(times);
  } finally {
    await session.release();
  }
}
