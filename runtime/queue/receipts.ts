import { staleReceipt } from "./queue-options.ts";

export interface Receipt<Kept> {
  /** The back end's own. */
  handle: string;
  /** What the receiver kept of the message. */
  kept: Kept | undefined;
}

interface Entry<Kept> {
  deadline: number;
  isOver: boolean;
  kept: Kept | undefined;
}

/**
 * Receipts that carry when their time is over, for a back end that does not refuse one whose time is over. Any client
 * can use them; only the one that extended or ended one knows so.
 */
export function createReceipts<Kept>({ now }: { now: () => number }) {
  /** Of receipts whose deadline moved, that have ended, or of whose message something is kept. */
  const entries = new Map<string, Entry<Kept>>();
  let sweepAt = 0;

  function parse(receipt: string) {
    const [, deadline, handle] = /^(\d+):(.+)$/s.exec(receipt) ?? [];
    if (deadline === undefined || handle === undefined) throw staleReceipt();
    return { deadline: Number(deadline), handle };
  }

  /** Forgets what its receipt says by itself: that its time is over. */
  function sweep(): void {
    const time = now();
    if (time < sweepAt) return;
    sweepAt = time + 60_000;
    for (const [receipt, entry] of entries)
      if (entry.deadline < time && parse(receipt).deadline < time) entries.delete(receipt);
  }

  function change(receipt: string, part: Partial<Entry<Kept>>): void {
    sweep();
    const { deadline } = parse(receipt);
    entries.set(receipt, { deadline, isOver: false, kept: undefined, ...entries.get(receipt), ...part });
  }

  return {
    /** @param deadline when the message is visible again, in milliseconds since 1970 */
    create: (handle: string, deadline: number) => `${Math.floor(deadline)}:${handle}`,
    keep: (receipt: string, kept: Kept) => change(receipt, { kept }),
    extend: (receipt: string, deadline: number) => change(receipt, { deadline }),
    /** The message was deleted or released. */
    end: (receipt: string) => change(receipt, { isOver: true, kept: undefined }),
    /** @throws ApiError `receipt-stale` where the time is over or the text is no receipt. */
    find(receipt: string): Receipt<Kept> {
      const { deadline, handle } = parse(receipt);
      const entry = entries.get(receipt);
      if (entry?.isOver || (entry?.deadline ?? deadline) <= now()) throw staleReceipt();
      return { handle, kept: entry?.kept };
    },
  };
}
