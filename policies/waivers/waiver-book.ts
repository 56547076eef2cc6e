import { concernsResource, concernsStack, isExpired, type Waiver } from "./waiver.ts";

/** The waivers of one stack and one operation of the engine, and which of them were used. */
export class WaiverBook {
  readonly #waivers: readonly Waiver[];
  readonly #now: Date;
  readonly #used = new Set<Waiver>();
  readonly #looked = new Set<string>();

  /** @param stack its name; undefined: not known. */
  constructor(waivers: readonly Waiver[], stack: string | undefined, now: Date) {
    this.#waivers = waivers.filter((waiver) => concernsStack(waiver, stack));
    this.#now = now;
  }

  /** The waiver that lets this violation pass, and now counts as used. */
  use(rule: string, urn: string): Waiver | undefined {
    const waiver = this.#find(rule, urn);
    if (waiver !== undefined) this.#used.add(waiver);
    return waiver;
  }

  /** A rule could not look at what is not known yet: whether its waiver is needed shows at apply. */
  keep(rule: string, urn: string): void {
    for (const waiver of this.#about(rule, urn)) this.#used.add(waiver);
  }

  isWaived(rule: string, urn: string): boolean {
    return this.#find(rule, urn) !== undefined;
  }

  /** Rules look at this resource in this operation, which with --target they do not do with all. */
  look(urn: string): void {
    this.#looked.add(urn);
  }

  expired(): Waiver[] {
    return this.#waivers.filter((waiver) => isExpired(waiver, this.#now));
  }

  /** @param urns all resources of the stack. Waivers of one that was not looked at are left out. */
  unused(urns: readonly string[]): Waiver[] {
    const skipped = urns.filter((urn) => !this.#looked.has(urn));
    return this.#waivers.filter(
      (waiver) =>
        !this.#used.has(waiver) &&
        !isExpired(waiver, this.#now) &&
        !(waiver.mayBeAbsent && !urns.some((urn) => concernsResource(waiver, urn))) &&
        !skipped.some((urn) => concernsResource(waiver, urn)),
    );
  }

  #find(rule: string, urn: string): Waiver | undefined {
    return this.#about(rule, urn).find((waiver) => !isExpired(waiver, this.#now));
  }

  #about(rule: string, urn: string): Waiver[] {
    return this.#waivers.filter((waiver) => waiver.rule === rule && concernsResource(waiver, urn));
  }
}
