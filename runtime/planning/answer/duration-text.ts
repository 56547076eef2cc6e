const units: readonly [name: string, seconds: number][] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
];

/** Seconds as people read them, at most two units: `6 h`, `1 h 30 min`, `2.5 s`. */
export function durationText(seconds: number): string {
  if (seconds < 0) return `-${durationText(-seconds)}`;
  if (seconds < 60) return `${Number(seconds.toFixed(3))} s`;
  const largest = units.findIndex(([, size]) => seconds >= size);
  const [name, size] = units[largest] as (typeof units)[number];
  const [nextName, nextSize] = units[largest + 1] ?? (["s", 1] as const);
  const rounded = Math.round(seconds / nextSize) * nextSize;
  const whole = Math.floor(rounded / size);
  const rest = Math.round((rounded - whole * size) / nextSize);
  return rest === 0 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${nextName}`;
}
