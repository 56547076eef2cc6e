import { PolicyPack } from "@pulumi/policy";
import { readStackFacts } from "./configuration/stack-settings.ts";
import { onStackConfiguration, translatePropertiesOnce } from "./engine-messages.ts";
import { PackState } from "./pack-state.ts";
import { rules } from "./policies.ts";
import { toPolicy } from "./to-policy.ts";

// Starts the server that the engine asks: whoever only wants the rules imports policies.ts.
orStop(() => {
  // Where the command was given comes last: a program that starts another one leaves its own folder there.
  const startFolders = [import.meta.dirname, process.env.PWD ?? ""].filter((folder) => folder !== "");
  const state = new PackState(readStackFacts(process.env), startFolders, new Date());
  onStackConfiguration((facts) => orStop(() => state.learn(facts)));
  translatePropertiesOnce();
  const policies = rules.map((rule) => toPolicy(rule, state));
  new PolicyPack("skyloom", { policies, enforcementLevel: "mandatory" });
});

/** Without the stack trace, which would hide what is wrong with which file; a server's answer would lose the message. */
function orStop(action: () => void): void {
  try {
    action();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(1);
  }
}
