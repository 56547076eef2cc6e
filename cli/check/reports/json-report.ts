import { type CheckReport, mandatoryCount } from "../report.ts";

/** The document of `--json`, and the base that a later report is compared with. */
export function jsonReport(report: CheckReport): object {
  const { name, version, rules } = report.pack;
  return {
    pack: { name, version, rules: rules.length },
    passed: mandatoryCount(report) === 0,
    stacks: report.stacks.map(({ cost, costBefore, ...stack }) => ({
      ...stack,
      ...(cost && {
        cost: {
          total: cost.total,
          ...(costBefore && { before: costBefore }),
          items: cost.items,
          unknown: cost.unknown,
        },
      }),
    })),
  };
}
