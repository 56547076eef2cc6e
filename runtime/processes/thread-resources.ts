/**
 * `resourceLimits` of each thread: V8 reserves 512 MiB for the code of one that says nothing, and uses a few of them, but
 * Linux counts all against the data that the process may have.
 */
export const threadResources = { codeRangeSizeMb: 64 };
