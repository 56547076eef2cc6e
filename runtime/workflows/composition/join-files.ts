import { invalidInput } from "../../errors.ts";

/** The files of several catalogues as one folder. @throws ApiError `invalid-catalogue` (400) where a path stands for two texts */
export function joinFiles(folders: Record<string, string>[]): Record<string, string> {
  const joined = new Map<string, string>();
  const different = new Set<string>();
  for (const folder of folders)
    for (const [path, text] of Object.entries(folder)) {
      if ((joined.get(path) ?? text) !== text) different.add(path);
      joined.set(path, text);
    }
  if (different.size === 0) return Object.fromEntries(joined);
  const problems = [...different].map((path) => ({
    path: `files.${path}`,
    message: "is another text in two catalogues; rename one of them",
  }));
  throw invalidInput("invalid-catalogue", problems, "catalogues");
}
