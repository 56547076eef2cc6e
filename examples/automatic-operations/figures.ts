import { evaluateModels, missedTargets } from "./evaluate.ts";
import { defaultSettings } from "./settings.ts";
import { trainModels } from "./train.ts";

// Prints the table of the README: `node examples/automatic-operations/figures.ts 1 2 3` (seeds).
const seeds = process.argv.slice(2).map(Number);
if (seeds.length === 0 || !seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)) {
  console.error("usage: figures.ts SEED... (whole numbers from 0 up)");
  process.exit(2);
}
console.log("| seed | | F1 | precision | recall | accuracy | training (s) |");
console.log("|---|---|---|---|---|---|---|");
for (const seed of seeds) {
  const trained = await trainModels({ ...defaultSettings, data: { ...defaultSettings.data, seed } });
  const files = { detector: trained.detector.file, kind: trained.kind.file };
  const evaluation = await evaluateModels(files, trained.dataset);
  const row = (
    name: string,
    figures: Record<"f1" | "precision" | "recall" | "accuracy", number>,
    seconds = "",
  ) => {
    const cells = [figures.f1, figures.precision, figures.recall, figures.accuracy].map((value) =>
      value.toFixed(3),
    );
    console.log(`| ${seed} | ${name} | ${cells.join(" | ")} | ${seconds} |`);
  };
  row("fault-detector", evaluation.detector.model, String(trained.detector.trainingSeconds));
  row("fixed thresholds", evaluation.detector.threshold);
  row("fault-kind", evaluation.kind.model, String(trained.kind.trainingSeconds));
  row("keyword list", evaluation.kind.keywords);
  for (const missed of missedTargets(evaluation)) console.log(`missed: ${missed}`);
}
