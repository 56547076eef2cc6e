// A shop whose visitors decide which of two models serves them. It prints who was met by which model, visitors after
// visitors; after half of them a sale begins.
import { parseArgs } from "node:util";
import type { ShopModel } from "./models.ts";
import { putRoute, visits } from "./shop.ts";

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    visitors: { type: "string", default: "4000" },
  },
});
const runtime = { url: values.url, token: process.env.SKYLOOM_TOKEN };
const each = 250;
const rounds = Math.max(2, Math.round(Number(values.visitors) / each));

await putRoute(runtime);
process.stdout.write("visitors  season    by-taste  by-price\n");
for (let round = 0; round < rounds; round += 1) {
  const season = round < rounds / 2 ? "everyday" : "sale";
  const met = await visits(runtime, { season, count: each, random: Math.random });
  const share = (model: ShopModel) =>
    `${Math.round((100 * met.filter((name) => name === model).length) / each)} %`.padStart(8);
  const visitors = String((round + 1) * each).padStart(8);
  process.stdout.write(`${visitors}  ${season.padEnd(8)}  ${share("by-taste")}  ${share("by-price")}\n`);
}
