import type { InferResponse } from "../inference/inference.ts";
import type { InferAnswer } from "../inference/protocol/infer-body.ts";

/** Tells the decision that a reward may be given for. */
export const decisionHeader = "Skyloom-Decision";

/** A longer id of a client is not remembered; this many bytes of an answer show all others. */
const maximumIdCharacters = 256;
const maximumHeadBytes = 12 + 6 * maximumIdCharacters;

/**
 * Adds the decision to an answer: as its id where the request had none, else as a parameter beside the client's own id.
 * @returns the client's own id too, where it has one that is short enough to be remembered
 */
export function addDecision(answer: InferResponse, decision: string): { answer: InferResponse; id?: string } {
  const { id, ...rest } = answer;
  if (id === undefined) return { answer: { id: decision, ...rest } };
  const changed = { ...answer, parameters: { ...answer.parameters, decision } };
  return id.length > maximumIdCharacters ? { answer: changed } : { answer: changed, id };
}

/** As addDecision, on the bytes of the engine's JSON, whose `id` is the first property where there is one. */
export function addDecisionToBytes(
  answer: InferAnswer,
  decision: string,
): { answer: InferAnswer; id?: string } {
  const head = Buffer.from(answer.json.subarray(0, maximumHeadBytes)).toString("utf8");
  const hasId = head.startsWith('{"id":');
  const added = hasId ? `{"parameters":{"decision":"${decision}"},` : `{"id":"${decision}",`;
  const json = Buffer.concat([Buffer.from(added), answer.json.subarray(1)]);
  const changed = { ...answer, json, headers: { [decisionHeader]: decision } };
  const text = /^\{"id":("(?:[^"\\]|\\.)*")/.exec(head)?.[1];
  const id = text === undefined ? undefined : (JSON.parse(text) as string);
  return id === undefined || id.length > maximumIdCharacters ? { answer: changed } : { answer: changed, id };
}
