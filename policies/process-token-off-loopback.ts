import type { ResourceValidationPolicy } from "@pulumi/policy";
import { checkEach } from "./check-each.ts";
import { processType } from "./local-types.ts";

/** A process that other machines can reach must ask its callers for a token. */
export const processTokenOffLoopback: ResourceValidationPolicy = {
  name: "process-token-off-loopback",
  description: "A process that listens off loopback has SKYLOOM_TOKEN in its environment.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Set SKYLOOM_TOKEN to a secret of at least 16 characters, or listen on 127.0.0.1.",
  validateResource({ type, props }, reportViolation) {
    if (type !== processType) return;
    const ports = props.ports ?? [];
    checkEach(ports.length, (index) => {
      const host: unknown = ports[index].host ?? "127.0.0.1";
      if (isLoopback(host)) return;
      const token: unknown = props.environment?.SKYLOOM_TOKEN;
      if (typeof token === "string" && token.length >= 16) return;
      reportViolation(
        `ports[${index}] listens on ${host}, which other machines may reach, but environment.SKYLOOM_TOKEN is ` +
          `${token === undefined ? "missing" : "shorter than 16 characters"}: set it, or listen on 127.0.0.1`,
      );
    });
  },
};

function isLoopback(host: unknown): boolean {
  return typeof host === "string" && /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}
