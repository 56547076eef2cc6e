import { PolicyPack } from "@pulumi/policy";
import { createPolicies } from "./create-policies.ts";

// Starts the server that the engine asks: whoever only wants the rules imports policies.ts.
try {
  const startFolders = [process.env.PWD ?? "", import.meta.dirname].filter((folder) => folder !== "");
  const policies = createPolicies({ environment: process.env, startFolders, now: new Date() });
  new PolicyPack("skyloom", { policies, enforcementLevel: "mandatory" });
} catch (error) {
  // Without the stack trace, which would hide what is wrong with which file.
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
