import * as provider from "@pulumi/pulumi/provider/index.js";
import { createSkyloomProvider } from "./skyloom-provider.ts";

const engine = process.ppid;
await provider.main(createSkyloomProvider(), process.argv.slice(2));

// An engine that was killed ends nothing: without this the provider would stay for ever.
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 500).unref();
