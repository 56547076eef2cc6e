// Trains the learned rule anew and writes runtime/planning/learned-rule/model.json.
// Usage: node bench/planner/train-learned-rule.ts [FILE]; a minute or two, and the same file each time.
import { writeFileSync } from "node:fs";
import { learnRule } from "./learn-rule.ts";

const file = process.argv[2] ?? new URL("../../runtime/planning/learned-rule/model.json", import.meta.url);
const learned = await learnRule(
  { problems: 1_000, schedules: 2_000, pairsEach: 300, units: 8, epochs: 20, learningRate: 0.1, seed: 1 },
  (line) => void process.stderr.write(`${line}\n`),
);
writeFileSync(file, `${JSON.stringify(learned, null, 1)}\n`);
