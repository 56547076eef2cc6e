/** By their suffix: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const multipliers: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** An amount as Kubernetes writes it (`250m`, `4Gi`, `1e3`) as a number. @throws Error for anything else */
export function amount(quantity: string): number {
  const [, digits, suffix = ""] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]{0,2})$/.exec(quantity) ?? [];
  const multiplier = multipliers[suffix];
  if (digits === undefined || multiplier === undefined)
    throw new Error(`"${quantity}" is no quantity of Kubernetes, such as 250m or 4Gi`);
  return Number(digits) * multiplier;
}
