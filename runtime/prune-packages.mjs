// `node prune-packages.mjs NODE_MODULES`: removes from installed packages what no running program reads, so that the
// image holds the binaries of its own platform and no source maps, declarations or sources of native modules.
import { globSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const [folder = "node_modules"] = process.argv.slice(2);
const { arch, platform } = process;
const otherPlatforms = ["darwin", "linux", "win32"].filter((name) => name !== platform);
const otherArchitectures = ["arm64", "x64"].filter((name) => name !== arch);

const unread = [
  "**/*.map",
  "**/*.d.{ts,mts,cts}",
  "better-sqlite3/{deps,src}",
  ...otherPlatforms.map((name) => `onnxruntime-node/bin/napi-v*/${name}`),
  ...otherArchitectures.map((name) => `onnxruntime-node/bin/napi-v*/${platform}/${name}`),
];
for (const path of globSync(unread, { cwd: resolve(folder) }))
  rmSync(join(folder, path), { recursive: true, force: true });
