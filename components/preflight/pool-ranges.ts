/** What is wrong with the numbers of a pool; `key` says where they were set. */
export function poolRangeProblems(
  key: string,
  { minimum, maximum, diskGib }: { minimum: number; maximum: number; diskGib: number },
  /** The cloud's own limits. */
  limits: { nodes: number; diskGib: number },
): string[] {
  const whole = (name: string, value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most
      ? []
      : [`${key}.${name}: must be a whole number from ${least} to ${most}, not ${value}`];
  return [
    ...whole("maximum", maximum, 1, limits.nodes),
    ...whole("minimum", minimum, 0, Math.max(Math.min(maximum, limits.nodes), 1)),
    ...whole("diskGib", diskGib, 30, limits.diskGib),
  ];
}
