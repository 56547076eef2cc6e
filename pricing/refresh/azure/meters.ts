/** Where the retail prices of Azure have a service of our table. */
export interface RetailMeter {
  service: string;
  serviceName: string;
  productName?: string;
  meterName: string;
  /** Of our table; the interface's own unit must be `unitOfMeasure`. */
  unit: string;
  unitOfMeasure: string;
  /** The same everywhere: the interface has it for the region Global, our table for `*`. */
  global?: true;
}

const premium = [1, 2, 3, 4, 6, 10, 15, 20, 30, 40, 50, 60, 70, 80].map(
  (tier): RetailMeter => diskMeter("p", tier, "Premium SSD"),
);
const standard = [1, 2, 3, 4, 6, 10, 15, 20, 30, 40, 50, 60, 70, 80].map(
  (tier): RetailMeter => diskMeter("e", tier, "Standard SSD"),
);

function diskMeter(letter: string, tier: number, kind: string): RetailMeter {
  return {
    service: `disk-${letter}${tier}`,
    serviceName: "Storage",
    productName: `${kind} Managed Disks`,
    meterName: `${letter.toUpperCase()}${tier} LRS Disk`,
    unit: "disk month",
    unitOfMeasure: "1/Month",
  };
}

function blob(service: string, meterName: string, unit: string, unitOfMeasure: string): RetailMeter {
  return {
    service,
    serviceName: "Storage",
    productName: "General Block Blob v2",
    meterName,
    unit,
    unitOfMeasure,
  };
}

function registry(tier: string): RetailMeter {
  const meterName = `${tier} Registry Unit`;
  const service = `registry-${tier.toLowerCase()}`;
  return { service, serviceName: "Container Registry", meterName, unit: "day", unitOfMeasure: "1/Day" };
}

/** https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices */
export const meters: readonly RetailMeter[] = [
  ...premium,
  ...standard,
  blob("bucket-storage", "Hot LRS Data Stored", "GB month", "1 GB/Month"),
  blob("bucket-storage-zrs", "Hot ZRS Data Stored", "GB month", "1 GB/Month"),
  blob("bucket-storage-grs", "Hot GRS Data Stored", "GB month", "1 GB/Month"),
  blob("bucket-writes", "Hot LRS Write Operations", "10000 operations", "10K"),
  blob("bucket-reads", "Hot Read Operations", "10000 operations", "10K"),
  blob("bucket-writes-zrs", "Hot ZRS Write Operations", "10000 operations", "10K"),
  blob("bucket-reads-zrs", "Hot ZRS Read Operations", "10000 operations", "10K"),
  registry("Basic"),
  registry("Standard"),
  registry("Premium"),
  {
    ...{ service: "nat-gateway", serviceName: "NAT Gateway", meterName: "Standard Gateway" },
    ...{ unit: "gateway hour", unitOfMeasure: "1 Hour", global: true },
  },
  {
    ...{ service: "nat-gateway-data", serviceName: "NAT Gateway", meterName: "Standard Data Processed" },
    ...{ unit: "GB", unitOfMeasure: "1 GB", global: true },
  },
  {
    ...{
      service: "public-address",
      serviceName: "Virtual Network",
      meterName: "Standard IPv4 Static Public IP",
    },
    ...{ unit: "hour", unitOfMeasure: "1 Hour" },
  },
  {
    ...{
      service: "private-endpoint",
      serviceName: "Virtual Network",
      meterName: "Standard Private Endpoint",
    },
    ...{ unit: "hour", unitOfMeasure: "1 Hour", global: true },
  },
  {
    ...{ service: "log-ingestion", serviceName: "Log Analytics", meterName: "Analytics Logs Data Ingestion" },
    ...{ unit: "GB", unitOfMeasure: "1 GB" },
  },
  {
    ...{ service: "log-storage", serviceName: "Log Analytics", meterName: "Analytics Logs Data Retention" },
    ...{ unit: "GB month", unitOfMeasure: "1 GB/Month" },
  },
  {
    ...{ service: "load-balancer", serviceName: "Load Balancer" },
    meterName: "Standard Included LB Rules and Outbound Rules",
    ...{ unit: "hour", unitOfMeasure: "1 Hour", global: true },
  },
  {
    ...{ service: "load-balancer-data", serviceName: "Load Balancer", meterName: "Standard Data Processed" },
    ...{ unit: "GB", unitOfMeasure: "1 GB", global: true },
  },
];
