/** Phrases by which the SDKs' documentation says that a change of the property replaces the resource. */
const REPLACES =
  /forces? (?:a |the )?(?:new resource|replacement|re-?creation)|will force (?:a |the )?(?:new|re-?creation|replacement)|changing this forces|forces a new|cannot be (?:changed|updated|modified) (?:after|once)|this field is immutable|is immutable and causes resource replacement/i;

/** The sentence of a doc comment that says a change replaces the resource, undefined when none does. */
export function replacementSentence(comment: string): string | undefined {
  if (!REPLACES.test(comment)) return undefined;
  const text = comment.replace(/\s*\n\s*\*\s?/g, " ").replace(/^\s*\/\*+|\*+\/\s*$/g, "");
  return text
    .split(/(?<=[.!])\s+/)
    .map((sentence) => sentence.trim())
    .find((sentence) => REPLACES.test(sentence));
}
