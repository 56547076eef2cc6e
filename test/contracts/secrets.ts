import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { SecretStore } from "../../runtime/secrets/secret-store.ts";
import {
  type Capability,
  type ContractCase,
  type ContractDriver,
  type ContractFixture,
  describeContract,
} from "./contract.ts";
import type { Faults } from "./faults.ts";
import { secretStoreRemoteCases } from "./secrets-remote.ts";

/** What differs between back ends, as data. */
export interface SecretStoreCapabilities {
  /** May a secret be bytes that are no text? */
  holdsBytes: Capability;
  /** Bytes of UTF-8 that the largest secret has there. */
  maximumBytes: number;
}

export interface SecretStoreFixture extends ContractFixture {
  /** A store without secrets. */
  store: SecretStore;
  /** As the store was opened (create-secret-store.ts). */
  url: string;
  /** Writes a secret, or a new version of it, past the driver; also larger ones than the back end takes from others. */
  put: (name: string, value: string | Uint8Array) => Promise<void>;
  /** Removes a secret for good. */
  remove: (name: string) => Promise<void>;
  /** Leaves a secret there in a way that it cannot be read: disabled, on its way to be deleted. */
  makeUnreadable: (name: string) => Promise<void>;
  capabilities: SecretStoreCapabilities;
}

/** Secrets that are reached over a network. */
export interface RemoteSecretStoreFixture extends SecretStoreFixture {
  /** A client of the same store, on a way that can be broken. */
  behindFaults: SecretStore;
  faults: Faults;
  /** A client whose service knows who asks, and lets it read nothing. */
  denied: SecretStore;
  /** The permission that `denied` lacks. */
  permission: RegExp;
  /** A client whose service takes connections and never answers. */
  silent: SecretStore;
  /** A client whose service is not there. */
  unreachable: SecretStore;
  /** A client whose service answers with the marker in a form that cannot be understood. */
  garbled: SecretStore;
}

/** Not a part of any message. */
export const marker = "correct-horse-battery-staple";

/** Whatever a log could write of an error. */
export function assertTellsNoValue(error: unknown, value = marker): void {
  const told = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true, maxStringLength: null });
  assert.ok(!told.includes(value), "the error holds the value");
}

export const secretStoreCases: ContractCase<SecretStoreFixture>[] = [
  {
    name: "reads a value as it was written",
    async run({ store, put }) {
      for (const [name, value] of Object.entries({
        plain: marker,
        spaces: "  between spaces\t",
        quotes: `"double" 'single' \\ $HOME \${x} %20`,
        newline: "ends with a newline\n",
        json: '{"user": "app", "password": "p"}',
      })) {
        await put(name, value);
        assert.equal(await store.get(name), value, name);
      }
    },
  },
  {
    name: "reads values with other characters and with several lines",
    async run({ store, put }) {
      const key = `-----BEGIN KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0BAQ\n".repeat(20)}-----END KEY-----`;
      for (const [name, value] of Object.entries({
        unicode: "pässwört 密码 🌍 \u{10fffd}",
        mark: "\ufeffwith a byte order mark",
        key,
        windows: "one\r\ntwo\r\n",
      })) {
        await put(name, value);
        assert.equal(await store.get(name), value, name);
      }
    },
  },
  {
    name: "sees a new version at the next read",
    async run({ store, put }) {
      for (const value of ["version one", "version two", "version three"]) {
        await put("key", value);
        assert.equal(await store.get("key"), value);
      }
    },
  },
  {
    name: "tells of a secret that is not there, by its name and its store",
    async run({ store, put, url }) {
      await put("key-two", marker);
      await assert.rejects(store.get("key"), (error: Error & { code: string }) => {
        assert.deepEqual([error.name, error.code], ["ApiError", "secret-not-found"]);
        assert.equal((error as Error & { status?: number }).status, 404);
        assert.ok(error.message.includes('"key"') && error.message.includes(url), error.message);
        return true;
      });
    },
  },
  {
    name: "tells of a secret that was removed",
    async run({ store, put, remove }) {
      await put("key", marker);
      assert.equal(await store.get("key"), marker);
      await remove("key");
      await assert.rejects(store.get("key"), { status: 404, code: "secret-not-found" });
    },
  },
  {
    name: "tells of a secret that is there and cannot be read",
    async run({ store, put, makeUnreadable }) {
      await put("key", marker);
      await makeUnreadable("key");
      await assert.rejects(store.get("key"), { status: 404, code: "secret-not-found", message: /"key"/ });
    },
  },
  {
    name: "reads a value as large as the back end takes",
    async run({ store, put, capabilities: { maximumBytes } }) {
      const value = "ä".repeat(maximumBytes / 2);
      await put("large", value);
      assert.equal(await store.get("large"), value);
    },
  },
  {
    name: "refuses a value of more than 64 KiB, and tells nothing of it",
    async run({ store, put }) {
      await put("large", `${marker}${"x".repeat(64 * 1024)}`);
      await assert.rejects(store.get("large"), (error: Error & { code: string }) => {
        assert.equal(error.code, "secret-too-large");
        assert.match(error.message, /"large" .*65536/);
        assertTellsNoValue(error);
        return true;
      });
    },
  },
  {
    name: "refuses text with a NUL character, and tells nothing of it",
    async run({ store, put }) {
      await put("binary", `${marker}\0`);
      await assert.rejects(store.get("binary"), (error: Error & { code: string }) => {
        assert.equal(error.code, "secret-not-text");
        assertTellsNoValue(error);
        return true;
      });
    },
  },
  {
    name: "refuses bytes that are no text",
    needs: "holdsBytes",
    async run({ store, put }) {
      await put("binary", Buffer.from([0x61, 0xff, 0xfe, 0x62]));
      await assert.rejects(store.get("binary"), { code: "secret-not-text", message: /"binary"/ });
    },
    async without({ put }) {
      await assert.rejects(put("binary", Buffer.from([0x61, 0xff])), TypeError);
    },
  },
  {
    name: "refuses names that are not valid in every back end",
    async run({ store }) {
      const names = ["", "Key", "1key", "-key", "a_b", "a.b", "a/b", "..", "ä", "a b", "a".repeat(64), "a\n"];
      for (const name of names)
        await assert.rejects(
          store.get(name),
          { status: 400, code: "invalid-secret-name", message: /a-z, 0-9 and -/ },
          name,
        );
    },
  },
  {
    name: "reads names of one and of 63 characters",
    async run({ store, put }) {
      for (const name of ["a", `a${"-9".repeat(31)}`]) {
        await put(name, `the value of ${name}`);
        assert.equal(await store.get(name), `the value of ${name}`);
      }
    },
  },
  {
    name: "answers that it is reachable, with secrets or without",
    async run({ store, put }) {
      await store.check();
      await put("key", marker);
      await store.check();
    },
  },
];

export function describeSecretStoreContract(driver: ContractDriver<SecretStoreFixture>): void {
  describeContract("secret store", secretStoreCases, driver);
}

/** What every driver promises, and what only one that is reached over a network can break. */
export function describeRemoteSecretStoreContract(driver: ContractDriver<RemoteSecretStoreFixture>): void {
  describeContract("secret store", [...secretStoreCases, ...secretStoreRemoteCases], driver);
}
