/** A column or a table in SQL, whatever its name holds. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(value: string | number | boolean | null): string {
  if (typeof value === "string") return `'${value.replaceAll("'", "''")}'`;
  // In scientific notation, so that a number with a fraction is a DOUBLE and not a DECIMAL.
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toExponential();
  return String(value);
}

export function list(values: readonly (string | number | boolean | null)[]): string {
  return `(${values.map(literal).join(", ")})`;
}
