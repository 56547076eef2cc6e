/** Amounts of what tasks share. A member that is missing is not known: nothing is to be held back for it. */
export interface Amounts {
  /** Cores. */
  cpu?: number;
  /** Bytes. */
  memory?: number;
  /** Bytes of local disk. */
  storage?: number;
  /** GPUs by accelerator, as tasks name it in `resources.gpuType`; `otherAccelerator`: of GPUs that carry no name. */
  gpus: Record<string, number>;
}

/** The accelerator of GPUs whose node does not say which they are. */
export const otherAccelerator = "other";

export interface Capacity {
  /** What all tasks can have together: what is there, and what comes when it is asked for. */
  total: Amounts;
  /** What one task can have at most: it runs on one node. */
  largest: Amounts;
}

/**
 * How much there is for the tasks of workflows. What tasks hold already is not subtracted; what anybody else holds is.
 */
export interface CapacitySource {
  /** Asks anew at every call. @throws ApiError `capacity-unavailable` (503) */
  read(signal?: AbortSignal): Promise<Capacity>;
}
