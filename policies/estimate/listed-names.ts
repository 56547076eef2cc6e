/** In a stack of thousands nobody reads all of them in a message; `skyloom cost` has the whole list. */
const MOST_NAMES = 20;

/** Each name once, and the first of them only where there are many. */
export function listed(names: readonly string[]): string {
  const all = [...new Set(names)];
  const more = all.length > MOST_NAMES ? `, and ${all.length - MOST_NAMES} more` : "";
  return `${all.slice(0, MOST_NAMES).join(", ")}${more}`;
}
