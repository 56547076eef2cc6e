import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.ts";

// Starts the server that the engine asks: whoever only wants the rules imports policies.ts.
new PolicyPack("skyloom", { policies });
