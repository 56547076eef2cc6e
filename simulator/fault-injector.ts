import { setTimeout } from "node:timers/promises";
import { faultMessage } from "./fault-messages.ts";
import type { Call, Fault, Faults, Operation } from "./faults.ts";
import type { ErrorKind } from "./provider-error.ts";
import { nameOf, type ResourceContext, type Session } from "./session.ts";

/** How often the providers try again when throttled, before they give up (the AWS provider's default is 25). */
const ATTEMPTS = 25;
const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 50;

export interface StruckFault {
  kind: ErrorKind;
  message: string;
  /** The create failed after the resource was made: it exists, and the engine is told its id. */
  leavesResource: boolean;
}

type Wait = (milliseconds: number) => Promise<unknown>;

/** Makes calls fail as the faults file says. */
export class FaultInjector {
  readonly #faults: Faults;
  readonly #wait: Wait;

  constructor(faults: Faults, wait: Wait = (milliseconds) => setTimeout(milliseconds)) {
    this.#faults = faults;
    this.#wait = wait;
  }

  /** Waits as long as a fault delays the call, and returns the failure; undefined when the call goes on. */
  async strike(
    target: { session: Session; urn: string; type: string },
    operation: Operation,
    context?: ResourceContext,
  ): Promise<StruckFault | undefined> {
    const call: Call = {
      provider: target.session.provider,
      type: target.type,
      name: nameOf(target.urn),
      operation,
    };
    const { delayMs, fault } = this.#faults.strike(call);
    if (delayMs > 0) await this.#wait(delayMs);
    if (!fault?.kind) return undefined;
    if (fault.kind === "throttling" && (await this.#outlasts(fault))) return undefined;
    const leavesResource =
      operation === "create" && (fault.kind === "half-created" || fault.kind === "timeout");
    return { ...faultMessage(fault.kind, call, context), leavesResource };
  }

  /** Tries again with growing pauses, as the providers do; true when the throttling ended first. */
  async #outlasts(fault: Fault): Promise<boolean> {
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      await this.#wait(Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS));
      if (!this.#faults.again(fault)) return true;
    }
    return false;
  }

  /** The provider's text for a failure that no file asked for. */
  async message(
    kind: NonNullable<Fault["kind"]>,
    target: { session: Session; urn: string; type: string },
    operation: Operation,
  ): Promise<string> {
    const call = {
      provider: target.session.provider,
      type: target.type,
      name: nameOf(target.urn),
      operation,
    };
    return faultMessage(kind, call).message;
  }
}
