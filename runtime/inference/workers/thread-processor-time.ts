/** Seconds that this thread has had of a processor. */
export function threadProcessorSeconds(): number {
  // Linux brings a thread's time up to date by its timer only, every few milliseconds, but for a look at the process's.
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
}
