import * as proxies from "@pulumi/policy/proxy.js";

/** Left out of the SDK's types, though exported. */
const { UnknownValueError, unknownStringValue } = proxies as unknown as {
  UnknownValueError: new (kind: string, path: string[]) => Error;
  unknownStringValue: string;
};

/** To throw where an answer depends on a value that is not known yet. */
export function unknownValue(path: string): Error {
  return new UnknownValueError(unknownStringValue, path.split("."));
}

/** Whether reading a property threw because a preview does not know its value yet. */
export function isUnknownValue(error: unknown): error is Error {
  return error instanceof UnknownValueError;
}

/**
 * Checks every item, though a value of some may be unknown yet: what reading it threw is thrown again after all others
 * were checked, so that the rule says what it could not look at.
 */
export function checkEach<Item>(items: ArrayLike<Item>, check: (item: Item, index: number) => void): void {
  const failures: unknown[] = [];
  for (let index = 0; index < items.length; index += 1)
    try {
      check(items[index] as Item, index);
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}

/**
 * Whether one of the questions has the answer yes, though that to another may not be known yet.
 * @throws what the first of those threw, where no answer is yes.
 */
export function anyKnown(...questions: (() => boolean)[]): boolean {
  const failures: unknown[] = [];
  for (const question of questions)
    try {
      if (question()) return true;
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
  return false;
}

/** What `read` returns, or `unknown` where a value in it is not known yet. */
export function ifKnown<Value, Else>(read: () => Value, unknown: Else): Value | Else {
  try {
    return read();
  } catch (error) {
    if (isUnknownValue(error)) return unknown;
    throw error;
  }
}
