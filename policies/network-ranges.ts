/** Whether a range of addresses is, for all purposes, everybody. */
export function isWholeInternet(range: unknown): boolean {
  return typeof range === "string" && /^(\*|Internet|Any)$|\/0$/i.test(range.trim());
}
