// Cloud Storage: fake-gcs-server, built from its Go module.
import { buildGoProgram, freePort, startServer } from "./emulator.mjs";

const MODULE = "github.com/fsouza/fake-gcs-server";
const VERSION = "1.56.1";

export default {
  name: "fake-gcs-server",
  suites: ["google-cloud-storage", "google-pubsub"],
  async start({ cacheFolder, dataFolder }) {
    const command = await buildGoProgram({
      name: "fake-gcs-server",
      version: VERSION,
      cacheFolder,
      files: {
        "go.mod": `module skyloom-storage-emulator\n\ngo 1.25\n\ntool ${MODULE}\n\nrequire ${MODULE} v${VERSION}\n`,
      },
      target: MODULE,
    });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const args = ["-scheme", "http", "-host", "127.0.0.1", "-port", String(port), "-external-url", url];
    // In files it would take no name as long as Cloud Storage does.
    args.push("-public-host", `127.0.0.1:${port}`, "-backend", "memory", "-log-level", "error");
    const stop = await startServer({ name: "fake-gcs-server", command, args, port, dataFolder });
    return { environment: { SKYLOOM_TEST_GOOGLE_STORAGE: url }, stop };
  },
};
