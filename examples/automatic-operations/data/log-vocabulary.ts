import type { FaultKind } from "./faults.ts";

/**
 * Parts that messages are composed of: what it is about, and what is said of it. The subjects name a kind, but are in
 * the log all day; what is wrong is said in the same words for all kinds. Only both together mean a fault.
 */
export interface LogVocabulary {
  subjects: Record<FaultKind, readonly string[]>;
  troubles: readonly string[];
  reassurances: readonly string[];
}

export const trainingVocabulary: LogVocabulary = {
  subjects: {
    "memory-leak": [
      "heap of {service}",
      "old generation",
      "resident memory",
      "garbage collector",
      "object cache {id}",
      "memory buffer {id}",
      "allocation of session objects",
      "memory of {service}",
    ],
    "cpu-runaway": [
      "cpu of worker {id}",
      "processor {n}",
      "thread {id}",
      "event loop of {service}",
      "run queue",
      "computation of job {id}",
      "core {n}",
      "cpu quota of {service}",
    ],
    "disk-full": [
      "disk {path}",
      "volume {path}",
      "file system {path}",
      "storage of {service}",
      "log file below {path}",
      "write to segment {id}",
      "archive in {path}",
      "free space on {path}",
    ],
    "connection-pool-exhausted": [
      "connection pool {id}",
      "database connection {id}",
      "pooled session {id}",
      "client connection from {host}",
      "connection checkout",
      "idle connection {id}",
      "pool of {service}",
      "acquisition of a connection",
    ],
    "dependency-timeout": [
      "upstream {host}",
      "call to {service}",
      "gateway {host}",
      "dependency {service}",
      "remote API {host}",
      "circuit breaker for {service}",
      "downstream request to {host}",
      "response of {service}",
    ],
  },
  troubles: [
    "is exhausted",
    "exceeds its limit of {n}",
    "keeps growing, {n} now",
    "is blocked for {ms} ms",
    "is saturated",
    "does not recover",
    "failed {n} times",
    "is not released",
    "timed out after {ms} ms",
    "has no capacity left",
    "is overloaded, {n} waiting",
    "is stuck since {n} s",
    "refuses further work",
    "is degraded: {n} errors",
    "cannot keep up",
    "ran into its limit",
  ],
  reassurances: [
    "is within its limit of {n}",
    "recovered after {ms} ms",
    "was released",
    "checked: no failure",
    "is healthy",
    "configured with limit {n}",
    "started",
    "has capacity for {n} more",
    "was resized to {n}",
    "finished as planned",
    "is no longer blocked",
    "is no longer saturated",
    "completed after {ms} ms",
    "reports {n}, as usual",
    "is not exhausted any more",
    "keeps up well",
  ],
};

/** Other forms and compounds of the same words, and other combinations. */
export const heldOutVocabulary: LogVocabulary = {
  subjects: {
    "memory-leak": [
      "heap space",
      "old-generation memory",
      "resident memory set",
      "garbage collection in {service}",
      "cached objects",
      "memory buffers",
      "allocating objects for session {id}",
    ],
    "cpu-runaway": [
      "worker {id} on its cpu",
      "processors",
      "threads of {service}",
      "event-loop {id}",
      "queue of runnable threads",
      "computing job {id}",
      "cpu cores",
    ],
    "disk-full": [
      "disk space below {path}",
      "data volume {path}",
      "filesystem {path}",
      "storing segment {id}",
      "log files of {service}",
      "writing to {path}",
      "archives",
    ],
    "connection-pool-exhausted": [
      "pool of connections {id}",
      "connecting to the database",
      "session pool {id}",
      "connections of client {host}",
      "checked-out connection {id}",
      "connections of pool {id}",
      "acquiring connections",
    ],
    "dependency-timeout": [
      "upstream service {service}",
      "calling {service}",
      "api gateway {host}",
      "dependent service {service}",
      "remote calls to {host}",
      "breaker of the circuit to {service}",
      "downstream {service}",
    ],
  },
  troubles: [
    "near exhaustion",
    "exceeding the limit by {n}",
    "growing on and on, {n}",
    "blocking since {ms} ms",
    "saturation reached",
    "not recovering",
    "failing again ({n} failures)",
    "never released",
    "timing out, {ms} ms",
    "without any capacity left",
    "overload: {n} still waiting",
    "got stuck {n} s ago",
    "refusing all further work",
    "degrading, error {id}",
  ],
  reassurances: [
    "within limits",
    "recovering well, {ms} ms",
    "releasing as planned",
    "checks passed, no failures",
    "healthy again",
    "configuration read: limit {n}",
    "starting",
    "capacity is free for {n} more",
    "resizing to {n}",
    "finishing as planned",
    "no longer blocking",
    "saturation no longer reported",
    "completing in {ms} ms",
    "as usual: {n}",
  ],
};

/** Every subject with everything that can be said of it. */
export function composed(subjects: readonly string[], predicates: readonly string[]): string[] {
  return subjects.flatMap((subject) => predicates.map((predicate) => `${subject} ${predicate}`));
}
