/** As BERT's: small letters, words cut into pieces, [CLS] before and [SEP] after the text. */
export function wordPieceFile(settings: object = {}): Uint8Array {
  const vocabulary = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "the",
    "pool",
    "##s",
    "time",
    "##out",
    "is",
    "full",
    "!",
  ];
  const special = (id: number) => ({
    id,
    content: vocabulary[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const template = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } });
  return json({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [0, 1, 2, 3].map(special),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [template("[CLS]", 0), { Sequence: { id: "A", type_id: 0 } }, template("[SEP]", 0)],
      pair: [],
      special_tokens: {
        "[CLS]": { id: "[CLS]", ids: [2], tokens: ["[CLS]"] },
        "[SEP]": { id: "[SEP]", ids: [3], tokens: ["[SEP]"] },
      },
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
    },
    ...settings,
  });
}

const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

/** As GPT's: pairs of bytes that are merged, without special tokens. */
export function bytePairFile(): Uint8Array {
  return json({
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: { l: 0, o: 1, w: 2, Ġ: 3, lo: 4, low: 5, Ġlow: 6 },
      merges: ["l o", "lo w", "Ġ low"],
    },
  });
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
