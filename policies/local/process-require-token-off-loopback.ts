import { listOf } from "../property-path.ts";
import type { ResourceRule } from "../rule.ts";
import { checkEach } from "../unknown-values.ts";
import { processType } from "./process-type.ts";

/** A process that other machines can reach must ask its callers for a token. */
export const processRequireTokenOffLoopback: ResourceRule = {
  name: "process-require-token-off-loopback",
  description: "A process that listens off loopback has SKYLOOM_TOKEN in its environment.",
  severity: "critical",
  remediationSteps: "Set SKYLOOM_TOKEN to a secret of at least 16 characters, or listen on 127.0.0.1.",
  types: [processType],
  check({ props }, report) {
    checkEach(listOf(props.ports), ({ host = "127.0.0.1" }, index) => {
      if (isLoopback(host)) return;
      const token: unknown = props.environment?.SKYLOOM_TOKEN;
      if (typeof token === "string" && token.length >= 16) return;
      report(
        `ports[${index}] listens on ${host}, which other machines may reach, but environment.SKYLOOM_TOKEN is ` +
          `${token === undefined ? "missing" : "shorter than 16 characters"}: set it, or listen on 127.0.0.1`,
      );
    });
  },
};

function isLoopback(host: unknown): boolean {
  return typeof host === "string" && /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}
