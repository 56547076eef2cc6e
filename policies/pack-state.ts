import type { GivenSettings } from "./configuration/settings.ts";
import {
  readStackPolicies,
  type SettingsResolver,
  type StackFacts,
  settingsResolver,
} from "./configuration/stack-settings.ts";
import { waivableRules } from "./policies.ts";
import type { Properties } from "./rule.ts";
import type { PackContext } from "./to-policy.ts";
import { findWaiversFile } from "./waivers/find-waivers-file.ts";
import { readWaivers } from "./waivers/read-waivers.ts";
import { WaiverBook } from "./waivers/waiver-book.ts";

/** What the pack knows of the stack that it is asked about, in one operation of the engine. */
export class PackState implements PackContext {
  readonly asked = new Map<string, Properties>();
  readonly #startFolders: string[];
  readonly #now: Date;
  #waivers: WaiverBook;
  #resolve: SettingsResolver;

  /**
   * @param startFolders where to look upwards for the project, and so for its waivers.
   * @throws Error that names every problem of the configuration or of the waivers.
   */
  constructor(facts: StackFacts, startFolders: string[], now: Date) {
    this.#startFolders = startFolders;
    this.#now = now;
    ({ waivers: this.#waivers, resolve: this.#resolve } = this.#read(facts));
  }

  /** The engine tells about the stack after the pack has started. @throws Error as the constructor. */
  learn(facts: StackFacts): void {
    ({ waivers: this.#waivers, resolve: this.#resolve } = this.#read(facts));
  }

  get waivers(): WaiverBook {
    return this.#waivers;
  }

  settings(own: GivenSettings, stackTags: ReadonlyMap<string, string>) {
    return this.#resolve(own, stackTags);
  }

  #read(facts: StackFacts): { waivers: WaiverBook; resolve: SettingsResolver } {
    const { waivers: named, withoutPack: _, ...given } = readStackPolicies(facts);
    const found = findWaiversFile(named, this.#startFolders, facts.project);
    const names = waivableRules.map(({ name }) => name);
    const waivers = found === undefined ? [] : readWaivers(found.file, found.shownAs, names);
    return {
      waivers: new WaiverBook(waivers, facts.stack, this.#now),
      resolve: settingsResolver(facts, given),
    };
  }
}
