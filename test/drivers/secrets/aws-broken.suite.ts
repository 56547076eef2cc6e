import type { SecretStore } from "../../../runtime/secrets/secret-store.ts";
import type { RemoteSecretStoreFixture } from "../../contracts/secrets.ts";
import { secretStoreRemoteCases } from "../../contracts/secrets-remote.ts";
import { noticesBrokenDrivers, translatesNothing } from "../broken.ts";
import { createAwsFixture } from "./aws-secrets-manager-fixture.ts";

type Break = (store: SecretStore) => Partial<SecretStore>;

/** Drivers with one fault each on a way that breaks; a contract that passes one of them promises nothing. */
const brokenDrivers: { [fault: string]: Break } = {
  "errors have no code": translatesNothing,
  "get takes a failure for a missing secret": (store) => ({
    get: (name) =>
      store.get(name).catch((error) => {
        throw Object.assign(error, { status: 404, code: "secret-not-found" });
      }),
  }),
  "get takes a failure for an empty secret": (store) => ({
    get: (name) =>
      store.get(name).catch((error) => {
        if (error.code === "secret-access-denied") return "";
        throw error;
      }),
  }),
  "check never fails": (store) => ({ check: () => store.check().catch(() => undefined) }),
  "check takes a refused secret for a failure": (store) => ({
    check: async () => {
      await store.get("key").catch((error) => {
        if (error.code !== "secret-not-found") throw error;
      });
    },
  }),
  "errors hold the value": (store) => ({
    get: (name) =>
      store.get(name).catch((error) => {
        throw Object.assign(error, { cause: "correct-horse-battery-staple" });
      }),
  }),
};

async function createBroken(breakDriver: Break): Promise<RemoteSecretStoreFixture> {
  const fixture = await createAwsFixture();
  const broken = (store: SecretStore) => ({ ...store, ...breakDriver(store) });
  return { ...fixture, behindFaults: broken(fixture.behindFaults), denied: broken(fixture.denied) };
}

/** Those that wait for the end of a service's patience are left out. */
const cases = secretStoreRemoteCases.filter(({ name }) => !name.startsWith("gives up in time"));

noticesBrokenDrivers("secret store", { cases, brokenDrivers, createBroken });
