import { Transform, type TransformCallback } from "node:stream";

const headerBytes = 8;

/**
 * Takes Docker's frames of standard output and standard error apart: each is a kind, three zeros, and the length of what
 * follows (https://docs.docker.com/reference/api/engine/version/v1.47/#tag/Container/operation/ContainerAttach).
 */
export class Frames extends Transform {
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of the current frame that are still to come. */
  #missing = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#missing > 0 || this.#rest.length >= headerBytes) {
      if (this.#missing === 0) {
        this.#missing = this.#rest.readUInt32BE(4);
        this.#rest = this.#rest.subarray(headerBytes);
        continue;
      }
      const part = this.#rest.subarray(0, this.#missing);
      if (part.length === 0) break;
      this.#missing -= part.length;
      this.#rest = this.#rest.subarray(part.length);
      this.push(part);
    }
    done();
  }
}
