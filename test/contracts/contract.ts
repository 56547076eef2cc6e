import assert from "node:assert/strict";

/** One thing that a back end does, or the reason why it cannot. */
export type Capability = { supported: true } | { supported: false; reason: string };

export const supported: Capability = { supported: true };

/** One promise of a port, checked on a fixture of its own. */
export interface ContractCase<Fixture extends ContractFixture> {
  name: string;
  run: (fixture: Fixture) => Promise<void>;
  /** A driver without it declares why; then `without` asserts what it does instead, e.g. that it refuses. */
  needs?: keyof Fixture["capabilities"];
  without?: (fixture: Fixture) => Promise<void>;
  /** Milliseconds that it may take, where that is more than usual. */
  timeout?: number;
}

/** Every test has its own back end, or its own part of one; what a failed test leaves is kept to be looked at. */
export interface ContractFixture {
  /** What differs between back ends, as data. */
  capabilities: object;
  dispose: (options: { keep: boolean }) => Promise<void>;
}

/** A back end under the contract; each driver's suite gives one. */
export interface ContractDriver<Fixture extends ContractFixture> {
  /** One word, for the matrix: `local`, `s3`, … */
  name: string;
  capabilities: Fixture["capabilities"];
  createFixture: () => Promise<Omit<Fixture, "capabilities">>;
}

/** Between a case's name and the reason why a driver cannot do it; the matrix of test:drivers reads it. */
export const GAP = " – not here: ";

export function describeContract<Fixture extends ContractFixture>(
  port: string,
  cases: ContractCase<Fixture>[],
  driver: ContractDriver<Fixture>,
): void {
  describe(`${port} contract: ${driver.name}`, () => {
    for (const contractCase of cases) {
      const reason = gap(contractCase, driver.capabilities);
      const title = reason === undefined ? contractCase.name : `${contractCase.name}${GAP}${reason}`;
      it(title, async function () {
        if (contractCase.timeout !== undefined) this.timeout(contractCase.timeout);
        const fixture = (await driver.createFixture()) as Fixture;
        fixture.capabilities = driver.capabilities;
        let keep = true;
        try {
          await runCase(contractCase, fixture);
          keep = false;
        } finally {
          await fixture.dispose({ keep });
        }
      });
    }
  });
}

function gap<Fixture extends ContractFixture>(
  { needs }: ContractCase<Fixture>,
  capabilities: Fixture["capabilities"],
): string | undefined {
  if (needs === undefined) return undefined;
  const capability = (capabilities as Record<PropertyKey, Capability>)[needs];
  return capability?.supported === false ? capability.reason : undefined;
}

async function runCase<Fixture extends ContractFixture>(
  contractCase: ContractCase<Fixture>,
  fixture: Fixture,
): Promise<void> {
  if (gap(contractCase, fixture.capabilities) === undefined) return await contractCase.run(fixture);
  assert.ok(contractCase.without, `${contractCase.name} says nothing about drivers that cannot do it`);
  await contractCase.without(fixture);
}

/** The name of the first case that the driver fails, for tests of the contract itself. */
export async function firstFailedCase<Fixture extends ContractFixture>(
  cases: ContractCase<Fixture>[],
  createFixture: () => Promise<Fixture>,
): Promise<string | undefined> {
  for (const contractCase of cases) {
    const fixture = await createFixture();
    try {
      await runCase(contractCase, fixture);
    } catch {
      return contractCase.name;
    } finally {
      await fixture.dispose({ keep: false });
    }
  }
  return undefined;
}
