/** Why a path may not name a file of a workflow; undefined if it may. */
export function filePathProblem(path: string): string | undefined {
  if (path === "" || path.length > 200) return "must have 1 to 200 characters";
  if (path.startsWith("/") || path.includes("\\") || path.includes("\0"))
    return "must be relative, with / between folders";
  if (path.split("/").some((segment) => segment === "" || segment === "." || segment === ".."))
    return 'must not hold "." or ".." or empty segments';
  return undefined;
}
