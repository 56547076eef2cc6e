import { renameSync, rmSync, writeFileSync } from "node:fs";
import { CannotRun } from "../../output.ts";

/**
 * Writes all files or none: each under another name first, beside its place.
 * @throws CannotRun that names the file that cannot be written.
 */
export function writeFiles(files: { path: string; text: string }[]): void {
  const written: { temporary: string; path: string }[] = [];
  try {
    for (const { path, text } of files) {
      const temporary = `${path}.${process.pid}.part`;
      written.push({ temporary, path });
      writeFileSync(temporary, text);
    }
    for (const { temporary, path } of written) renameSync(temporary, path);
  } catch (error) {
    throw new CannotRun(`the report cannot be written: ${(error as Error).message}`);
  } finally {
    for (const { temporary } of written) rmSync(temporary, { force: true });
  }
}
