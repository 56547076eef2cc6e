/**
 * V8 reserves so much for the code of each thread that says nothing, and uses a few of it; Linux counts all as data that the
 * process has.
 */
export const codeRangeMebibytes = 512;

/** `resourceLimits` of the runtime's own threads, of which there may be many. */
export const threadResources = { codeRangeSizeMb: 64 };
