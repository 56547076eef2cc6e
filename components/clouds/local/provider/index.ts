import * as provider from "@pulumi/pulumi/provider/index.js";
import { createLocalProvider } from "./local-provider.ts";

await provider.main(createLocalProvider(), process.argv.slice(2));
