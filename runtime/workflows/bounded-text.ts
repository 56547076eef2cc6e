/** The last bytes of a stream of text, with a mark where the beginning was dropped. */
export class BoundedText {
  readonly #maximumBytes: number;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #dropped = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  append(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    // Only whole chunks are dropped here; toString cuts exactly.
    for (let first = this.#chunks[0]; first !== undefined; first = this.#chunks[0]) {
      if (this.#bytes - first.length < this.#maximumBytes) break;
      this.#chunks.shift();
      this.#bytes -= first.length;
      this.#dropped += first.length;
    }
  }

  toString(): string {
    const all = Buffer.concat(this.#chunks);
    const cut = Math.max(0, all.length - this.#maximumBytes);
    const dropped = this.#dropped + cut;
    const text = all.subarray(cut).toString("utf8");
    return dropped > 0 ? `(${dropped} bytes before this were dropped)\n${text}` : text;
  }
}
