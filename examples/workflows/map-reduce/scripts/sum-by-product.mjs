// Sums the amounts of one file of sales by product: {"totals": {PRODUCT: AMOUNT}}.
import { readFileSync, writeFileSync } from "node:fs";

const [, ...lines] = readFileSync("sales.csv", "utf8").trim().split("\n");
const totals = {};
for (const line of lines) {
  const [product, amount] = line.split(",");
  totals[product] = (totals[product] ?? 0) + Number(amount);
}
console.log(`${lines.length} sales`);
writeFileSync(process.env.SKYLOOM_OUTPUTS, JSON.stringify({ totals, sales: lines.length }));
