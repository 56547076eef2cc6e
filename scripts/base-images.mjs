// What the runtime's image is built on, where no public registry is reached: Debian made by debootstrap, and the same
// with the project's own Node and npm for building.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installDebianPackages } from "./debian-packages.mjs";
import { runWithProgress } from "./progress.mjs";
import { findCommand, nodeBinary } from "./project.mjs";
import { SetUpError } from "./pulumi-cli.mjs";

const SUITE = "bookworm";
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const PUBLIC = { NODE_IMAGE: "node:26-bookworm-slim", BASE_IMAGE: `debian:${SUITE}-slim` };
const OWN = { NODE_IMAGE: "skyloom-base/node:26", BASE_IMAGE: `skyloom-base/debian:${SUITE}` };

/**
 * The public base images, or our own where those cannot be pulled.
 * @returns {Promise<Record<"NODE_IMAGE" | "BASE_IMAGE", string>>} build arguments of runtime/Dockerfile
 */
export async function baseImages(environment) {
  const docker = (...args) => spawnSync("docker", args, { env: { ...process.env, ...environment } });
  const isThere = (image) => docker("image", "inspect", image).status === 0;
  const canPull = (image) => isThere(image) || docker("pull", "--quiet", image).status === 0;
  if (Object.values(PUBLIC).every(canPull)) return PUBLIC;
  if (Object.values(OWN).every(isThere)) return OWN;
  process.stderr.write("the public base images cannot be pulled; making them from Debian's packages\n");
  if (findCommand("debootstrap") === undefined) await installDebianPackages("debootstrap", ["debootstrap"]);
  const folder = mkdtempSync(join(tmpdir(), "skyloom-base-"));
  try {
    const root = join(folder, "root");
    const args = ["--variant=minbase", "--include=ca-certificates,libatomic1", SUITE, root];
    const made = await runWithProgress("making a Debian base", "debootstrap", args);
    if (!made.ok) throw new SetUpError(`debootstrap failed:\n${made.output.trim().slice(-2000)}`);
    trim(root);
    await importImage(root, OWN.BASE_IMAGE, environment);
    addNode(root);
    await importImage(root, OWN.NODE_IMAGE, environment);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return OWN;
}

/** What Debian's slim images leave out, too. */
function trim(root) {
  const unread = [
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/man",
    "usr/share/locale",
    "usr/share/info",
  ];
  for (const path of unread) rmSync(join(root, path), { recursive: true, force: true });
  mkdirSync(join(root, "var/lib/apt/lists/partial"), { recursive: true });
  mkdirSync(join(root, "var/cache/apt/archives/partial"), { recursive: true });
}

/** The Node that the project pins, npm, and the certificates that this machine trusts. */
function addNode(root) {
  const bin = join(root, "usr/local/bin");
  const npm = join(realpathSync(findCommand("npm")), "../..");
  const modules = join(root, "usr/local/lib/node_modules");
  mkdirSync(modules, { recursive: true });
  cpSync(realpathSync(nodeBinary), join(bin, "node"));
  cpSync(npm, join(modules, "npm"), { recursive: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(bin, "npm"));
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, join(root, CERTIFICATES));
}

async function importImage(root, name, environment) {
  const command = `tar -C "$1" --numeric-owner -c . | docker import --change 'ENV NODE_EXTRA_CA_CERTS=${CERTIFICATES}' - "$2"`;
  const env = { ...process.env, ...environment };
  const { ok, output } = await runWithProgress(`importing ${name}`, "sh", ["-c", command, "sh", root, name], {
    env,
  });
  if (!ok) throw new SetUpError(`docker import failed:\n${output.trim().slice(-2000)}`);
}
