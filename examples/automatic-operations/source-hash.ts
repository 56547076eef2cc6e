import { createHash } from "node:crypto";
import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingSettings } from "./settings.ts";

const root = join(import.meta.dirname, "../..");

/** All code that a trained model depends on. */
const patterns = [
  "examples/automatic-operations/{baselines,data,models}/*.ts",
  "examples/automatic-operations/{evaluate,evaluation-figures,settings,train}.ts",
  "runtime/inference/preprocessing/{hashed-features,murmur-hash}.ts",
  "runtime/learning/onnx/*.ts",
];

/** Changes whenever the code or the settings of the training change. Hexadecimal. */
export async function sourceHash(settings: TrainingSettings): Promise<string> {
  const paths: string[] = [];
  for await (const path of glob(patterns, { cwd: root })) paths.push(path);
  const hash = createHash("sha256").update(JSON.stringify(settings));
  for (const path of paths.sort()) hash.update(`\n${path}\n`).update(await readFile(join(root, path)));
  return hash.digest("hex");
}
