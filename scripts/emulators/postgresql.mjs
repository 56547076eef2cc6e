// PostgreSQL, from Debian's package where it is not installed. It refuses to run as root: then its own user runs it.
import { execFileSync } from "node:child_process";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installDebianPackages } from "../debian-packages.mjs";
import { freePort, installStep, startServer } from "./emulator.mjs";

const USER = "postgres";

/** Debian keeps the programs of each version apart, and only some on the path. */
function findPrograms() {
  const folders = ["/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/pgsql/bin"];
  return folders.flatMap((pattern) => globSync(pattern)).find((folder) => existsSync(join(folder, "initdb")));
}

/** How a command is run as a user that PostgreSQL takes. */
function asUser(command, args) {
  if (process.getuid?.() !== 0) return [command, args];
  return ["runuser", ["-u", USER, "--", command, ...args]];
}

export default {
  name: "postgresql",
  suites: ["postgres"],
  async start({ dataFolder }) {
    if (findPrograms() === undefined) await installDebianPackages("PostgreSQL", ["postgresql"]);
    const programs = findPrograms();
    // Its user cannot get into a folder of ours.
    const data = mkdtempSync(join(tmpdir(), "skyloom-postgresql-"));
    if (process.getuid?.() === 0) {
      const id = (flag) => Number(execFileSync("id", [flag, USER], { encoding: "utf8" }));
      chownSync(data, id("-u"), id("-g"));
    }
    const initialise = asUser(join(programs, "initdb"), [
      "-D",
      data,
      "-U",
      USER,
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--no-sync",
    ]);
    await installStep("making a database", ...initialise, { cwd: "/" });
    const port = await freePort();
    // Sockets of the file system have short paths only, and nobody uses them here.
    const settings = [
      "-h",
      "127.0.0.1",
      "-p",
      String(port),
      "-c",
      "unix_socket_directories=",
      "-c",
      "fsync=off",
    ];
    const [command, args] = asUser(join(programs, "postgres"), ["-D", data, ...settings]);
    const stopServer = await startServer({ name: "PostgreSQL", command, args, port, dataFolder });
    const stop = async () => {
      await stopServer();
      rmSync(data, { recursive: true, force: true });
    };
    return { environment: { SKYLOOM_TEST_POSTGRES: `postgres://${USER}@127.0.0.1:${port}/postgres` }, stop };
  },
};
