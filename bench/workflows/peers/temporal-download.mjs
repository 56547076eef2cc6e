// Has Temporal's SDK download its development server. Arguments: folder with the packages, where temporal-VERSION will be; version.
import { createRequire } from "node:module";
import { join } from "node:path";

const [folder, version] = process.argv.slice(2);
const require = createRequire(join(folder, "package.json"));
const { TestWorkflowEnvironment } = require("@temporalio/testing");

// It has no way to download without a start.
const environment = await TestWorkflowEnvironment.createLocal({
  server: { executable: { type: "cached-download", version, downloadDir: folder, ttl: "10 years" } },
});
await environment.teardown();
