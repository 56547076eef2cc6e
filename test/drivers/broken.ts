import assert from "node:assert/strict";
import { type ContractCase, type ContractFixture, firstFailedCase } from "../contracts/contract.ts";

/** Every method gives the error that the driver had from its SDK. */
export function translatesNothing<Port extends object>(port: Port): Partial<Port> {
  const entries = Object.entries(port).map(([name, method]) => [
    name,
    typeof method !== "function"
      ? method
      : async (...parameters: unknown[]) => {
          try {
            return await method(...parameters);
          } catch (error) {
            throw error instanceof Error && error.cause !== undefined ? error.cause : error;
          }
        },
  ]);
  return Object.fromEntries(entries) as Partial<Port>;
}

/** The clients that are made meanwhile try once. */
async function withoutRetries<Result>(create: () => Promise<Result>): Promise<Result> {
  process.env.AWS_MAX_ATTEMPTS = "1";
  try {
    return await create();
  } finally {
    delete process.env.AWS_MAX_ATTEMPTS;
  }
}

/** That a contract over a network notices each broken driver, and one that does not try again. */
export function noticesBrokenDrivers<Port extends object, Fixture extends ContractFixture>(
  contract: string,
  {
    cases,
    brokenDrivers,
    createBroken,
  }: {
    cases: ContractCase<Fixture>[];
    /** By its fault. */
    brokenDrivers: { [fault: string]: (port: Port) => Partial<Port> };
    createBroken(breakDriver: (port: Port) => Partial<Port>): Promise<Fixture>;
  },
): void {
  describe(`${contract} contract over a network`, () => {
    for (const [fault, breakDriver] of Object.entries(brokenDrivers))
      it(`does not pass a driver whose ${fault}`, async function () {
        this.timeout(120_000);
        assert.notEqual(await firstFailedCase(cases, () => createBroken(breakDriver)), undefined);
      });

    it("does not pass a driver that tries once only", async () => {
      const failed = await withoutRetries(() => firstFailedCase(cases, () => createBroken(() => ({}))));
      assert.equal(failed, "rides out a connection that breaks");
    });
  });
}
