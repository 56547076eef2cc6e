import { offerCount, type ShopModel } from "./models.ts";
import { type Season, visitor } from "./visitors.ts";

/** Such as http://127.0.0.1:8080, and its token where it wants one. */
export interface Runtime {
  url: string;
  token?: string | undefined;
}

export const routeName = "offer";

/** Thompson sampling over both models; `by-price` answers where the other one fails. */
export const route = {
  kind: "bandit",
  algorithm: "thompson",
  targets: { taste: { model: "by-taste" }, price: { model: "by-price" } },
  fallback: "price",
};

export function putRoute(runtime: Runtime): Promise<unknown> {
  return call(runtime, "PUT", `/v1/routes/${routeName}`, route);
}

/**
 * Lets visitors in, one after the other: each is shown what the route's model chose, and buys it or not, which is the
 * reward.
 * @param random from 0 up to 1
 * @returns which model each of them met
 */
export async function visits(
  runtime: Runtime,
  { season, count, random }: { season: Season; count: number; random: () => number },
): Promise<ShopModel[]> {
  const met: ShopModel[] = [];
  for (let visit = 0; visit < count; visit += 1) {
    const { offers, buys } = visitor(season, random);
    const answer = await call<Answer>(runtime, "POST", `/v2/models/${routeName}/infer`, {
      inputs: [{ name: "offers", datatype: "FP32", shape: [1, offerCount, 2], data: offers }],
    });
    met.push(answer.model_name);
    const reward = buys(answer.outputs[0].data[0]) ? 1 : 0;
    // The answer's id is the decision that the reward is for; the header Skyloom-Decision tells it too.
    await call(runtime, "POST", "/v1/feedback", { requestId: answer.id, reward });
  }
  return met;
}

interface Answer {
  id: string;
  model_name: ShopModel;
  outputs: [{ data: [number] }];
}

async function call<Result>(
  { url, token }: Runtime,
  method: string,
  path: string,
  body: object,
): Promise<Result> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      "Content-Type": "application/json",
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Result & { error?: string };
  if (!response.ok) throw new Error(`${method} ${path}: ${answer.error}`);
  return answer;
}
