/** One promise of a port, checked on a fixture of its own. */
export interface ContractCase<Fixture> {
  name: string;
  run: (fixture: Fixture) => Promise<void>;
}

/** Every test has its own back end, or its own part of one; what a failed test leaves is kept to be looked at. */
export interface ContractFixture {
  dispose: (options: { keep: boolean }) => Promise<void>;
}

export function describeContract<Fixture extends ContractFixture>(
  name: string,
  cases: ContractCase<Fixture>[],
  createFixture: () => Promise<Fixture>,
): void {
  describe(name, () => {
    for (const contractCase of cases)
      it(contractCase.name, async () => {
        await runCase(contractCase, createFixture);
      });
  });
}

export async function runCase<Fixture extends ContractFixture>(
  contractCase: ContractCase<Fixture>,
  createFixture: () => Promise<Fixture>,
): Promise<void> {
  const fixture = await createFixture();
  let keep = true;
  try {
    await contractCase.run(fixture);
    keep = false;
  } finally {
    await fixture.dispose({ keep });
  }
}

/** The name of the first case that the fixture fails, for tests of the contract itself. */
export async function firstFailedCase<Fixture extends ContractFixture>(
  cases: ContractCase<Fixture>[],
  createFixture: () => Promise<Fixture>,
): Promise<string | undefined> {
  for (const contractCase of cases) {
    const fixture = await createFixture();
    try {
      await contractCase.run(fixture);
    } catch {
      return contractCase.name;
    } finally {
      await fixture.dispose({ keep: false });
    }
  }
  return undefined;
}
