import type { ServerResponse } from "node:http";
import type { CancelSignal } from "../../inference/cancel-signal.ts";

/**
 * Aborted when the caller leaves before its answer is written. To make an AbortController and to listen to it takes a
 * tenth of the processor time of a small inference.
 */
export class CallerLeft implements CancelSignal {
  aborted = false;
  readonly #listeners: (() => void)[] = [];

  constructor(response: ServerResponse) {
    response.on("close", () => {
      if (response.writableFinished) return;
      this.aborted = true;
      for (const listener of this.#listeners.splice(0)) listener();
    });
  }

  addEventListener(_type: "abort", listener: () => void): void {
    this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    const place = this.#listeners.indexOf(listener);
    if (place >= 0) this.#listeners.splice(place, 1);
  }
}
