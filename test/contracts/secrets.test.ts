import assert from "node:assert/strict";
import type { SecretStore } from "../../runtime/secrets/secret-store.ts";
import { createLocalFixture } from "../runtime/secrets/local-fixture.ts";
import { firstFailedCase } from "./contract.ts";
import { secretStoreCases } from "./secrets.ts";

type Break = (store: SecretStore) => Partial<SecretStore>;

const reading =
  (change: (value: string) => string): Break =>
  (store) => ({ get: async (name) => change(await store.get(name)) });

const failing =
  (change: (error: Error & { code: string }, name: string) => unknown): Break =>
  (store) => ({
    get: (name) =>
      store.get(name).catch((error) => {
        throw change(error, name);
      }),
  });

/** Drivers with one fault each; a contract that passes one of them promises nothing. */
const brokenDrivers: { [fault: string]: Break } = {
  "get gives the same for every secret": () => ({ get: async () => "value" }),
  "get trims": reading((value) => value.trim()),
  "get strips a second newline": reading((value) => value.replace(/\n$/, "")),
  "get gives the first line": reading((value) => value.split("\n")[0] ?? ""),
  "get reads Latin-1": reading((value) => Buffer.from(value).toString("latin1")),
  "get drops a byte order mark": reading((value) => value.replace(/^\ufeff/, "")),
  "get ends lines as Unix does": reading((value) => value.replaceAll("\r\n", "\n")),
  "get fills in variables": reading((value) => value.replaceAll("$HOME", "/root")),
  "get cuts long values": reading((value) => value.slice(0, 20_000)),
  "get caches": (store) => {
    const cached = new Map<string, Promise<string>>();
    return {
      get(name) {
        const value = cached.get(name) ?? store.get(name);
        cached.set(name, value);
        return value;
      },
    };
  },
  "get takes a missing secret for an empty one": (store) => ({
    get: (name) =>
      store.get(name).catch((error) => {
        if (error.code === "secret-not-found") return "";
        throw error;
      }),
  }),
  "get looks for names that begin alike": (store) => ({
    get: (name) =>
      store.get(name).catch((error) => {
        if (error.code !== "secret-not-found") throw error;
        return store.get(`${name}-two`);
      }),
  }),
  "errors are anything": failing(() => new Error("no")),
  "errors name no secret": failing((error, name) =>
    Object.assign(error, { message: error.message.replaceAll(name, "it") }),
  ),
  "get takes other names": (store) => ({ get: (name) => store.get(name.toLowerCase()) }),
  "get refuses long names": (store) => ({
    get: (name) => (name.length > 40 ? Promise.reject(new Error("too long")) : store.get(name)),
  }),
  "check fails": () => ({ check: () => Promise.reject(new Error("no")) }),
};

describe("secret store contract", () => {
  for (const [fault, breakDriver] of Object.entries(brokenDrivers))
    it(`does not pass a driver whose ${fault}`, async () => {
      const failed = await firstFailedCase(secretStoreCases, async () => {
        const fixture = await createLocalFixture();
        return { ...fixture, store: { ...fixture.store, ...breakDriver(fixture.store) } };
      });
      assert.notEqual(failed, undefined);
    });

  it("does not pass a driver whose errors hold the value", async () => {
    const failed = await firstFailedCase(secretStoreCases, async () => {
      const fixture = await createLocalFixture();
      const values = new Map<string, string | Uint8Array>();
      return {
        ...fixture,
        put: async (name, value) => {
          values.set(name, value);
          await fixture.put(name, value);
        },
        store: {
          ...fixture.store,
          get: (name) =>
            fixture.store.get(name).catch((error) => {
              throw Object.assign(error, { cause: { value: values.get(name) } });
            }),
        },
      };
    });
    assert.equal(failed, "refuses a value of more than 64 KiB, and tells nothing of it");
  });
});
