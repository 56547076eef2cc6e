import * as provider from "@pulumi/pulumi/provider/index.js";
import { createLocalProvider } from "./local-provider.ts";

const engine = process.ppid;
await provider.main(createLocalProvider(), process.argv.slice(2));

// An engine that was killed ends nothing: without this the provider would stay for ever.
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 500).unref();
