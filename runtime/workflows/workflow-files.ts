import type { Problem } from "../errors.ts";
import { filePathProblem } from "./file-paths.ts";

const maximumFilesBytes = 4 * 1024 * 1024;

/** What is wrong with the files that a workflow brings for its scripts: paths that lead elsewhere, too many bytes. */
export function filesProblems(files: Record<string, string>): Problem[] {
  const problems: Problem[] = Object.keys(files).flatMap((path) => {
    const message = filePathProblem(path);
    return message === undefined ? [] : [{ path: `files.${path}`, message }];
  });
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (bytes > maximumFilesBytes)
    problems.push({
      path: "files",
      message: `hold ${bytes} bytes, at most ${maximumFilesBytes} are allowed`,
    });
  return problems;
}
