import { type AnswerOutputs, sameOutputs } from "./compare-answers.ts";
import type { ShadowRoute } from "./route.ts";
import type { RoutingMetrics } from "./routing-metrics.ts";

/** Copies under way of all routes; more are dropped, so that a slow shadow takes neither memory nor workers for long. */
const maximumUnderWay = 16;

export interface Shadow {
  /** Never throws and never waits: the client has its answer already. */
  compare(
    route: ShadowRoute,
    name: string,
    answers: { primary: () => AnswerOutputs; shadow: () => Promise<AnswerOutputs> },
  ): void;
}

export function createShadow(metrics: RoutingMetrics, random: () => number): Shadow {
  let underWay = 0;

  async function run(
    { tolerance }: ShadowRoute,
    { primary, shadow }: Parameters<Shadow["compare"]>[2],
  ): Promise<"same" | "different" | "failed"> {
    underWay += 1;
    try {
      const copied = await shadow();
      return sameOutputs(primary(), copied, tolerance) ? "same" : "different";
    } catch {
      return "failed";
    } finally {
      underWay -= 1;
    }
  }

  return {
    compare(route, name, answers) {
      if (random() >= route.sample) return;
      if (underWay >= maximumUnderWay) return metrics.compared(name, route.shadow, "dropped");
      void run(route, answers).then((result) => metrics.compared(name, route.shadow, result));
    },
  };
}
