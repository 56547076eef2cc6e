/** Gates with names, each closed until it is opened. */
export interface Gates {
  /** Resolves once the gate is open. */
  passed(name: string): Promise<void>;
  open(name: string): void;
}

export function gates(): Gates {
  const all = new Map<string, PromiseWithResolvers<void>>();
  function gate(name: string): PromiseWithResolvers<void> {
    const known = all.get(name) ?? Promise.withResolvers<void>();
    all.set(name, known);
    return known;
  }
  return {
    passed: (name) => gate(name).promise,
    open: (name) => gate(name).resolve(),
  };
}
