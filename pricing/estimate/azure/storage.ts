import type { EstimateInput } from "../cost-estimate.ts";
import {
  type AmountKey,
  allMonth,
  always,
  type Context,
  type Describers,
  type Meter,
  notKnownYet,
} from "../meter.ts";
import { egress } from "../network-meters.ts";
import { count, notYet, text } from "../read-property.ts";

export const storage: Describers = {
  "azure-native:storage:StorageAccount": { meters: accountMeters },
  "azure-native:storage:Queue": {
    meters: (resource, context) => [
      {
        part: "queue",
        what: "requests to the queue",
        amount: context.use(resource, "messages"),
        service: "queue-requests",
      },
    ],
  },
  "azure-native:servicebus:Namespace": {
    meters: () => [{ part: "queue", what: "Service Bus namespace", amount: allMonth(1) }],
  },
  "azure-native:containerregistry:Registry": { meters: registryMeters },
  "azure-native:operationalinsights:Workspace": { meters: workspaceMeters },
  "azure-native:keyvault:Vault": {
    // Of those that people put in; the keys are billed by themselves.
    meters: (resource, context) => [
      {
        part: "keys and secrets",
        what: "requests to secrets",
        amount: context.use(resource, "secretRequests"),
        service: "secret-requests",
      },
    ],
  },
  "azure-native:keyvault:Key": { meters: keyMeters },
  "azure-native:keyvault:Secret": { meters: () => [] },
};

/** What services of the table end in, by how often the data are there; cold and premium storage are in no table. */
const redundancies: Record<string, string> = { Standard_LRS: "", Standard_ZRS: "-zrs", Standard_GRS: "-grs" };

function accountMeters(resource: EstimateInput, context: Context): Meter[] {
  const sku = text(resource.properties, "sku.name");
  const tier = text(resource.properties, "accessTier") ?? "Hot";
  const ending = tier === "Hot" && typeof sku === "string" ? redundancies[sku] : undefined;
  const open = sku === notYet || tier === notYet;
  const meter = (what: string, key: AmountKey, service: string): Meter => ({
    part: "storage",
    what,
    amount: open ? notKnownYet("its SKU") : context.use(resource, key),
    ...(ending !== undefined && { service: `${service}${ending}` }),
  });
  const redundancy = sku === notYet ? "redundancy not known yet" : (sku ?? "Standard_RAGRS");
  return [
    meter(`data, ${redundancy}`, "storedGb", "bucket-storage"),
    meter("requests that write", "writeRequests", "bucket-writes"),
    meter("requests that read", "readRequests", "bucket-reads"),
    egress(resource, context),
  ];
}

/** Billed by the day, whatever is in it up to what the tier includes. */
function registryMeters({ properties }: EstimateInput): Meter[] {
  const tier = text(properties, "sku.name");
  if (tier === notYet) return [{ part: "registry", what: "registry", amount: notKnownYet("sku.name") }];
  const name = (tier ?? "Basic").toLowerCase();
  return [
    { part: "registry", what: `registry, tier ${name}`, amount: allMonth(1), service: `registry-${name}` },
  ];
}

/** Days whose keeping the price of taking in includes (https://azure.microsoft.com/pricing/details/monitor/). */
const FREE_DAYS = 31;

function workspaceMeters(resource: EstimateInput, context: Context): Meter[] {
  const sku = text(resource.properties, "sku.name");
  const priced = sku === undefined || sku === "PerGB2018";
  const days = count(resource.properties, "retentionInDays");
  const kept = days !== undefined && (days === notYet || days > FREE_DAYS);
  const taken: Meter = {
    part: "logs",
    what: "logs taken in",
    amount: context.use(resource, "logGb"),
    ...(priced && { service: "log-ingestion" }),
  };
  if (!kept) return [taken];
  const amount = context.use(resource, "keptLogGb");
  return [
    taken,
    { part: "logs", what: `logs kept beyond ${FREE_DAYS} days`, amount, service: "log-storage" },
  ];
}

function keyMeters(resource: EstimateInput, context: Context): Meter[] {
  const kind = text(resource.properties, "properties.kty");
  const size = count(resource.properties, "properties.keySize") ?? 2048;
  const hardware = typeof kind === "string" && kind.endsWith("-HSM");
  const hardwareService = size === 2048 && kind === "RSA-HSM" ? "key-hsm-2048" : "key-hsm";
  return [
    {
      part: "keys and secrets",
      what: kind === notYet ? "key" : `key ${kind ?? ""} ${typeof size === "number" ? size : ""}`.trimEnd(),
      amount: kind === notYet || size === notYet ? notKnownYet("its kind") : always(1),
      service: hardware ? hardwareService : "key-software",
    },
    {
      part: "keys and secrets",
      what: "requests to the key",
      amount: context.use(resource, "keyRequests"),
      // Of keys of 2048 bits; others have a price of their own.
      ...(kind === "RSA" && size === 2048 && { service: "key-requests" }),
    },
  ];
}
