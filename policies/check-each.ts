/**
 * Checks every item, though a value of some may be unknown yet: reading an unknown value throws, and the SDK turns
 * that into an advisory that the rule could not run. It is thrown again after all others were checked.
 */
export function checkEach(count: number, check: (index: number) => void): void {
  const failures: unknown[] = [];
  for (let index = 0; index < count; index += 1)
    try {
      check(index);
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}
