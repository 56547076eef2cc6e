import type { MatchRoute } from "./route.ts";

/** The target of the first rule whose header has one of its values, else the default. */
export function chooseByMatch(route: MatchRoute, header: (name: string) => string | undefined): string {
  const rule = route.rules.find(({ header: name, values }) => values.includes(header(name) ?? "\0"));
  return rule?.target ?? route.default;
}
