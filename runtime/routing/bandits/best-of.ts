/** The place of the highest score; of equal ones the first. */
export function bestOf<Item>(items: Item[], score: (item: Item) => number): number {
  const scores = items.map(score);
  return scores.indexOf(Math.max(...scores));
}
