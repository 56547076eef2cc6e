/** Services of the billing catalogue, by the id that never changes. */
export const catalogueServices = {
  compute: "6F81-5844-456A",
  storage: "95FF-2EF5-5EA1",
} as const;

/** What a machine family's parts are called, before ` Core running in …` and ` Ram running in …`. */
export const families: Record<string, string> = {
  a2: "A2 Instance",
  a3: "A3 Instance",
  e2: "E2 Instance",
  g2: "G2 Instance",
  n1: "N1 Predefined Instance",
  n2: "N2 Instance",
  n2d: "N2D AMD Instance",
};

/** What accelerators are called, before ` running in …`. */
export const acceleratorSkus: Record<string, string> = {
  t4: "Nvidia Tesla T4 GPU",
  p4: "Nvidia Tesla P4 GPU",
  p100: "Nvidia Tesla P100 GPU",
  v100: "Nvidia Tesla V100 GPU",
  l4: "Nvidia L4 GPU",
  "a100-40": "Nvidia Tesla A100 GPU",
  "a100-80": "Nvidia Tesla A100 80GB GPU",
  h100: "Nvidia H100 80GB GPU",
};

/** Services of our table that one SKU tells. */
export const serviceSkus: readonly {
  service: string;
  catalogue: keyof typeof catalogueServices;
  description: RegExp;
  unit: string;
}[] = [
  {
    service: "node-disk",
    catalogue: "compute",
    description: /^Balanced PD Capacity( in .+)?$/,
    unit: "GB month",
  },
  {
    service: "disk-pd-standard",
    catalogue: "compute",
    description: /^Storage PD Capacity( in .+)?$/,
    unit: "GB month",
  },
  {
    service: "disk-pd-ssd",
    catalogue: "compute",
    description: /^SSD backed PD Capacity( in .+)?$/,
    unit: "GB month",
  },
  {
    service: "disk-pd-extreme",
    catalogue: "compute",
    description: /^Extreme PD Capacity( in .+)?$/,
    unit: "GB month",
  },
  {
    service: "bucket-storage",
    catalogue: "storage",
    description: /^Standard Storage (?!.*(Dual|Multi)).+$/,
    unit: "GB month",
  },
];
