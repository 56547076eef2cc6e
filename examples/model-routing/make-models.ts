// Writes both models as folders that `skyloom models publish` takes: node make-models.ts FOLDER
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ShopModel, shopModel, weights } from "./models.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: node examples/model-routing/make-models.ts FOLDER\n");
  process.exit(2);
}
for (const name of Object.keys(weights) as ShopModel[]) {
  const { files, ...description } = shopModel(name);
  const target = join(folder, name);
  mkdirSync(target, { recursive: true });
  for (const [path, content] of Object.entries(files)) writeFileSync(join(target, path), content);
  writeFileSync(join(target, "model.json"), `${JSON.stringify(description, null, 2)}\n`);
  process.stdout.write(`${target}\n`);
}
