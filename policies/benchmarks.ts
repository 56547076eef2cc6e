import type { PolicyComplianceFramework } from "@pulumi/policy";

type Benchmark = Omit<PolicyComplianceFramework, "reference">;

/** The numbers were read in lists of others, not in the benchmarks themselves, which are behind a registration. */
const specification = "numbers second-hand, for this version only";

const eks: Benchmark = { name: "CIS Amazon EKS Benchmark", version: "1.5", specification };
const aks: Benchmark = {
  name: "CIS Azure Kubernetes Service (AKS) Benchmark",
  version: "1.7",
  specification,
};
const gke: Benchmark = {
  name: "CIS Google Kubernetes Engine (GKE) Benchmark",
  version: "1.6",
  specification,
};

const of =
  (benchmark: Benchmark) =>
  (...numbers: string[]): PolicyComplianceFramework => ({ ...benchmark, reference: numbers.join(", ") });

export const eksBenchmark = of(eks);
export const aksBenchmark = of(aks);
export const gkeBenchmark = of(gke);
