/** What a strategy answers, in the names and seconds of the problem. */
export interface Schedule {
  /** Task → seconds from the start of the plan at which it starts. */
  starts: Record<string, number>;
  /** Task → which of its modes it runs in: place in what taskModes lists for it. */
  modes: Record<string, number>;
}
