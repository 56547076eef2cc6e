import type { ResourceName } from "../stack-result.ts";

/** `name (type)`, or the stack as a whole. */
export function resourceText(resource: ResourceName | undefined): string {
  return resource === undefined ? "the stack" : `${resource.name} (${resource.type})`;
}

/** `3 violations`, `1 violation`. */
export function counted(count: number, what: string, many = `${what}s`): string {
  return `${count} ${count === 1 ? what : many}`;
}

/** Dollars without cents; the sign where it is a difference. */
export function dollars(amount: number, signed = false): string {
  const rounded = Math.round(amount);
  const sign = rounded < 0 ? "-" : signed && rounded > 0 ? "+" : "";
  return `${sign}$${Math.abs(rounded).toLocaleString("en-US")}`;
}
