/** Times finer than this are rounded, always so that a plan stays possible. */
const MILLISECOND = 0.001;
const NANO = 1e-9;
/** Sums of amounts stay below it, in 32 bits. */
const MOST_UNITS = 2 ** 30;

/** The longest step in seconds that divides all times, at least a millisecond. */
export function timeStep(times: Iterable<number>): number {
  let common = 0;
  for (const time of times) {
    common = greatestCommonDivisor(common, toMilliseconds(time, "up"));
    if (common === 1) break;
  }
  return Math.max(common, 1) / 1000;
}

/** Whole steps. A time that is between two of them goes up, or down, to the next one. */
export function toSteps(seconds: number, step: number, direction: "up" | "down"): number {
  const milliseconds = toMilliseconds(seconds, direction);
  const perStep = Math.round(step * 1000);
  return direction === "up" ? Math.ceil(milliseconds / perStep) : Math.floor(milliseconds / perStep);
}

/** 0.1 + 0.2 is no more than 0.3 here: what is less than a millionth of a millisecond away is no step further. */
function toMilliseconds(seconds: number, direction: "up" | "down"): number {
  const exact = seconds / MILLISECOND;
  const nearest = Math.round(exact);
  if (Math.abs(exact - nearest) < Math.max(1e-6, exact * NANO * 1e-3)) return nearest;
  return direction === "up" ? Math.ceil(exact) : Math.floor(exact);
}

/**
 * The largest unit of which all amounts are multiples, where they have up to six decimals; else one so small that what
 * an amount is rounded by is a billionth of the largest.
 */
export function amountUnit(amounts: Iterable<number>): number {
  const distinct = [...new Set(amounts)].filter((amount) => amount > 0);
  if (distinct.length === 0) return 1;
  const largest = distinct.reduce((a, b) => Math.max(a, b));
  for (let decimals = 0; decimals <= 6; decimals++) {
    const scale = 10 ** decimals;
    const scaled = distinct.map((amount) => Math.round(amount * scale));
    if (
      !distinct.every(
        (amount, at) => Math.abs(amount * scale - (scaled[at] as number)) <= amount * scale * NANO,
      )
    )
      continue;
    const common = scaled.reduce(greatestCommonDivisor, 0);
    if ((largest * scale) / common < MOST_UNITS) return common / scale;
  }
  return largest / (MOST_UNITS - 1);
}

/** Whole units. */
export function toUnits(amount: number, unit: number): number {
  return Math.round(amount / unit);
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
