import type { Standardisation } from "./export-tabular.ts";

/** Means and deviations of the columns. @param values [rows, columns] in row-major order */
export function standardisationOf(values: Float64Array, columns: number): Standardisation {
  const rows = values.length / columns;
  const means = new Float64Array(columns);
  const deviations = new Float64Array(columns);
  for (let at = 0; at < values.length; at += 1)
    means[at % columns] = (means[at % columns] as number) + (values[at] as number) / rows;
  for (let at = 0; at < values.length; at += 1) {
    const error = (values[at] as number) - (means[at % columns] as number);
    deviations[at % columns] = (deviations[at % columns] as number) + (error * error) / rows;
  }
  // A column of one value tells nothing; dividing by 1 leaves it at 0.
  return { means, deviations: deviations.map((variance) => Math.sqrt(variance) || 1) };
}

/** In place. */
export function standardise(values: Float64Array, { means, deviations }: Standardisation): void {
  const columns = means.length;
  for (let at = 0; at < values.length; at += 1) {
    const column = at % columns;
    values[at] = ((values[at] as number) - (means[column] as number)) / (deviations[column] as number);
  }
}
