/**
 * Callers who come while a call for the same key is under way share the next one. It begins after they came, as a call of
 * their own would: what it tells is as fresh, what it does covers as much.
 */
export function shareCalls<Result>(call: (key: string) => Promise<Result>): (key: string) => Promise<Result> {
  const running = new Map<string, Promise<Result>>();
  const next = new Map<string, Promise<Result>>();

  function begin(key: string): Promise<Result> {
    next.delete(key);
    const begun = call(key).finally(() => {
      if (running.get(key) === begun) running.delete(key);
    });
    running.set(key, begun);
    return begun;
  }

  return (key) => {
    const underWay = running.get(key);
    if (underWay === undefined) return begin(key);
    let shared = next.get(key);
    if (shared === undefined) {
      const again = () => begin(key);
      shared = underWay.then(again, again);
      next.set(key, shared);
    }
    return shared;
  };
}
