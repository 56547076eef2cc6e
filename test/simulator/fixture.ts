import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultInjector } from "../../simulator/fault-injector.ts";
import { Faults } from "../../simulator/faults.ts";
import { Provider, type Target } from "../../simulator/provider.ts";
import type { PackageName } from "../../simulator/schema/locate.ts";
import { SchemaRepository } from "../../simulator/schema/repository.ts";
import { createSession, type Session } from "../../simulator/session.ts";
import { Store } from "../../simulator/store.ts";
import type { Properties } from "../../simulator/values.ts";

/** One cache for all tests of a run: deriving the large types takes a moment. */
export const schemas = new SchemaRepository();

const CONFIG: { [provider in PackageName]: Properties } = {
  aws: { region: "eu-west-1" },
  "azure-native": { location: "westeurope" },
  gcp: { project: "my-project", region: "europe-west4" },
  kubernetes: {},
  "docker-build": {},
};

export function session(provider: PackageName, config: Properties = {}): Session {
  return createSession(provider, { ...CONFIG[provider], ...config }, {});
}

/** A simulated cloud in a folder of its own. */
export class Cloud {
  readonly folder = mkdtempSync(join(tmpdir(), "cloud-"));
  readonly faultsFile = join(this.folder, "faults.json");
  readonly store = new Store(this.folder);
  /** How long the provider waited, in milliseconds: nothing really sleeps. */
  readonly waits: number[] = [];
  readonly provider = new Provider(
    schemas,
    this.store,
    new FaultInjector(new Faults(this.faultsFile, this.folder), async (milliseconds) => {
      this.waits.push(milliseconds);
    }),
  );

  target(type: string, name: string, config: Properties = {}): Target {
    const provider = type.split(":")[0] as PackageName;
    return { type, urn: `urn:pulumi:test::project::${type}::${name}`, session: session(provider, config) };
  }

  /** Checks and creates, as the engine does; throws when the check finds something. */
  async create(type: string, name: string, inputs: Properties, config: Properties = {}) {
    const target = this.target(type, name, config);
    const checked = this.provider.check(target, {}, inputs);
    if (checked.failures.length > 0) throw new Error(JSON.stringify(checked.failures));
    return { target, inputs: checked.inputs, ...(await this.provider.create(target, checked.inputs)) };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
