import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { invalidInput } from "../../errors.ts";
import { objectKeyProblem } from "../../object-store/object-key.ts";
import type { ModelSource, SourceFile } from "./model-source.ts";

/**
 * Saves the files in a folder.
 * @throws ApiError `invalid-import` (400) for a path that would lie outside of it, and what saving throws
 */
export async function writeFiles(folder: string, source: ModelSource, files: SourceFile[]): Promise<void> {
  const problems = files.flatMap(({ path }) => {
    const message = objectKeyProblem(path);
    return message === undefined ? [] : [{ path, message }];
  });
  if (problems.length > 0) throw invalidInput("invalid-import", problems, "import");
  for (const file of files) {
    const target = join(folder, file.path);
    await mkdir(dirname(target), { recursive: true });
    await source.save(file, target);
  }
}
