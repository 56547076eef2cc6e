import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotRun } from "../output.ts";
import { projectFolder } from "../project.ts";

/**
 * Lets an action have the project as it was at a revision of git, beside the working tree, with the packages that are
 * installed now.
 * @throws CannotRun when git does not know the revision.
 */
export async function atRevision<Result>(
  revision: string,
  action: (folder: string, commit: string) => Promise<Result>,
): Promise<Result> {
  const commit = git([
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  ])?.trim();
  if (!commit) throw new CannotRun(`git knows no revision "${revision}": name a branch, a tag or a commit`);
  const folder = mkdtempSync(join(tmpdir(), "skyloom-revision-"));
  try {
    unpack(commit, folder);
    symlinkSync(join(projectFolder, "node_modules"), join(folder, "node_modules"));
    return await action(folder, commit);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const LARGEST_ARCHIVE = 2 ** 30;

function unpack(commit: string, folder: string): void {
  const git = ["archive", "--format=tar", commit];
  const archive = spawnSync("git", git, { cwd: projectFolder, maxBuffer: LARGEST_ARCHIVE });
  if (archive.status !== 0) throw new CannotRun(`git archive ${commit}: ${archive.stderr}`);
  const { status, stderr } = spawnSync("tar", ["-xf", "-", "-C", folder], { input: archive.stdout });
  if (status !== 0) throw new CannotRun(`${commit} could not be unpacked: ${stderr}`);
}

/** Its output; undefined when it says no. */
function git(args: string[]): string | undefined {
  const { status, stdout, error } = spawnSync("git", args, { cwd: projectFolder, encoding: "utf8" });
  if (error) throw new CannotRun(`git cannot be run: ${error.message}`);
  return status === 0 ? stdout : undefined;
}
