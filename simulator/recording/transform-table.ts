import callbacks from "@pulumi/pulumi/proto/callback_pb.js";
import type { ResourceTransform } from "@pulumi/pulumi/resource.js";

/** In place of the SDK's callback server: transforms by a token. The engine runs those of a resource and its parents. */
export class TransformTable {
  readonly #transforms: ResourceTransform[] = [];
  readonly #ofUrn = new Map<string, { own: ResourceTransform[]; parent: string }>();

  async registerTransform(transform: ResourceTransform): Promise<callbacks.Callback> {
    const callback = new callbacks.Callback();
    callback.setToken(String(this.#transforms.push(transform) - 1));
    return callback;
  }

  async awaitStackRegistrations(): Promise<void> {}

  shutdown(): void {}

  add(urn: string, parent: string, added: callbacks.Callback[]): void {
    const own = added.flatMap((callback) => this.#transforms[Number(callback.getToken())] ?? []);
    this.#ofUrn.set(urn, { own, parent });
  }

  /** The resource's own, then its parent's, and so on up the tree. */
  of(urn: string): ResourceTransform[] {
    const entry = this.#ofUrn.get(urn);
    return entry === undefined ? [] : [...entry.own, ...this.of(entry.parent)];
  }
}
