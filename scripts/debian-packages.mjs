// Installs what a machine lacks, where Debian has it.
import { runWithProgress } from "./progress.mjs";
import { findCommand } from "./project.mjs";
import { SetUpError } from "./pulumi-cli.mjs";

/** @throws SetUpError where there is no apt-get, or it fails */
export async function installDebianPackages(title, packages) {
  if (findCommand("apt-get") === undefined)
    throw new SetUpError(`${title} is missing: install ${packages.join(" and ")} and run this again`);
  const command = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages.join(" ")}`;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { ok, output } = await runWithProgress(`installing ${title}`, "sh", ["-c", command], { env });
  if (!ok) throw new SetUpError(`${title} could not be installed:\n${output.trim().slice(-2000)}`);
}
