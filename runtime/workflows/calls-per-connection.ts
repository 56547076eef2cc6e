/**
 * How many calls one connection of Restate carries at the same time. Each replica's server limits them to it, and Restate
 * is started with the same number (`RESTATE_WORKER__INVOKER__HTTP2_INITIAL_MAX_SEND_STREAMS`): otherwise it believes that
 * a new connection takes 100, and calls above the server's limit wait on it for minutes while other replicas are idle.
 */
export const callsPerConnection = 32;
