/** Breaks the way to a service; each fault meets so many of the next requests, `Infinity` for all, until `heal`. */
export interface Faults {
  /** The connection breaks before the service gets the request. */
  cutConnections: (times: number) => void;
  /** The service does what it is asked for, and the connection breaks before it answers. */
  loseAnswers: (times: number) => void;
  /** The connection breaks within the content of the answer; only requests that read content are met. */
  cutContents: (times: number) => void;
  /** The service answers that it is asked too often. */
  throttle: (times: number) => void;
  /** The service answers that the credentials have expired. */
  expireCredentials: (times: number) => void;
  heal: () => void;
  /** How many came so far. */
  requests: () => number;
}
