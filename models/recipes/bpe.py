"""Byte-level BPE: a trainer, a reference encoder and the `tokenizer.json` that Hugging Face `tokenizers` and DJL load.

The split before the merges is the one that `ByteLevel(add_prefix_space=False, use_regex=True)` makes:

    's|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+

Python's `re` knows no `\\p{L}`, so `split` is that expression written by hand. `\\s` is Unicode's White_Space (Python's
`str.isspace` also takes U+001C to U+001F, which is why it is not used).
"""

import heapq
import json
import unicodedata
from collections import Counter, defaultdict

SPECIALS = ["<pad>", "<s>", "</s>"]
PAD, BOS, EOS = 0, 1, 2

_WHITE = set("\t\n\x0b\x0c\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {chr(c) for c in range(0x2000, 0x200B)}
_CONTRACTIONS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d")


def byte_alphabet():
    """GPT-2's table: printable bytes stand for themselves, the others for U+0100 onwards."""
    kept = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {b: chr(b) for b in kept}
    for b in range(256):
        if b not in table:
            table[b] = chr(256 + len(table) - len(kept))
    return table


_ALPHABET = byte_alphabet()


def _kind(character):
    if character in _WHITE:
        return "s"
    category = unicodedata.category(character)[0]
    return category if category in "LN" else "o"


def split(text):
    """The pre-tokens of a text, in order; joined they are the text."""
    pieces, at, end = [], 0, len(text)
    while at < end:
        contraction = next((c for c in _CONTRACTIONS if text.startswith(c, at)), None)
        if contraction:
            pieces.append(contraction)
            at += len(contraction)
            continue
        start = at
        first = at + 1 if text[at] == " " and at + 1 < end and _kind(text[at + 1]) != "s" else at
        kind = _kind(text[first])
        stop = first
        while stop < end and _kind(text[stop]) == kind:
            stop += 1
        if kind == "s" and stop < end and stop - start > 1:
            stop -= 1  # \s+(?!\S): the last white space is left to what follows
        pieces.append(text[start:stop])
        at = stop
    return pieces


def symbols(piece):
    return [_ALPHABET[b] for b in piece.encode("utf-8")]


def train(texts, size, least=2):
    """Returns (vocabulary, merges) of `size` entries, specials and the 256 bytes included."""
    words = Counter()
    for text in texts:
        words.update(split(text))
    vocabulary = {token: i for i, token in enumerate(SPECIALS)}
    for b in range(256):
        vocabulary[_ALPHABET[b]] = len(vocabulary)
    rows = [(symbols(word), count) for word, count in sorted(words.items())]
    counts, where = Counter(), defaultdict(set)
    for i, (parts, count) in enumerate(rows):
        for pair in zip(parts, parts[1:]):
            counts[pair] += count
            where[pair].add(i)
    heap = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(heap)
    merges = []
    while len(vocabulary) < size and heap:
        count, pair = heapq.heappop(heap)
        if counts[pair] != -count:
            if counts[pair] > 0:
                heapq.heappush(heap, (-counts[pair], pair))
            continue
        if -count < least:
            break
        merges.append(pair)
        vocabulary.setdefault(pair[0] + pair[1], len(vocabulary))
        for pair_changed in _merge_rows(rows, where.pop(pair), pair, counts, where):
            if counts[pair_changed] > 0:
                heapq.heappush(heap, (-counts[pair_changed], pair_changed))
        counts[pair] = 0
    return vocabulary, merges


def _merge_rows(rows, indices, pair, counts, where):
    changed = set()
    for i in indices:
        parts, count = rows[i]
        for old in zip(parts, parts[1:]):
            counts[old] -= count
            changed.add(old)
        parts = merge(parts, pair)
        rows[i] = (parts, count)
        for new in zip(parts, parts[1:]):
            counts[new] += count
            where[new].add(i)
            changed.add(new)
    changed.discard(pair)
    return sorted(changed)


def merge(parts, pair):
    merged, at = [], 0
    while at < len(parts):
        if at + 1 < len(parts) and parts[at] == pair[0] and parts[at + 1] == pair[1]:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(parts[at])
            at += 1
    return merged


class Encoder:
    """The plain merge loop: of all adjacent pairs the one with the lowest rank is merged, until none has a rank."""

    def __init__(self, vocabulary, merges):
        self.vocabulary = vocabulary
        self.ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
        self.cache = {}

    def encode(self, text):
        ids = []
        for piece in split(text):
            if piece not in self.cache:
                self.cache[piece] = [self.vocabulary[s] for s in self._merged(symbols(piece))]
            ids.extend(self.cache[piece])
        return ids

    def _merged(self, parts):
        while len(parts) > 1:
            best = min(zip(parts, parts[1:]), key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                break
            parts = merge(parts, best)
        return parts


def tokenizer_json(vocabulary, merges):
    special = lambda i: {
        "id": i, "content": SPECIALS[i], "single_word": False, "lstrip": False,
        "rstrip": False, "normalized": False, "special": True,
    }
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    model = {
        "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
        "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
        "vocab": vocabulary, "merges": [" ".join(pair) for pair in merges],
    }
    return json.dumps({
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [special(i) for i in range(len(SPECIALS))],
        "normalizer": None, "pre_tokenizer": byte_level, "post_processor": None,
        "decoder": byte_level, "model": model,
    }, ensure_ascii=False, indent=0)
