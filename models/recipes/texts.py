"""The texts: what may be used for a released model, how fraud messages are varied, and batches of like length."""

import json
import os
import random
import re

import torch

from bpe import BOS, EOS, PAD

FRAUD_LABELS = ["ham", "spam", "smishing"]
MAX_TEXT_TOKENS = 192

# What the language model reads, and the labels that the base is tuned on. log_anomaly_line and the loghub rows of
# log_severity are left out (research licence); of sms_spam the texts are read, its labels are not.
LANGUAGE = [
    "smishing_3class", "sms_spam", "email_snippet_spam", "email_subject_spam", "log_severity", "mwo_failure_mode",
    "mwo_fmc_observation", "mwo_triage_maintie", "ai4i_verbalised", "banking77", "clinc150_oos", "prompt_injection",
]
# Rows of each that an epoch takes at most. mwo_system and mwo_triage_maintie are not here: they show what a customer's task gets.
TASKS = {
    "smishing_3class": 4000, "log_severity": 12000, "mwo_failure_mode": 4000, "email_subject_spam": 2000, "email_snippet_spam": 1200,
    "banking77": 4000, "clinc150_oos": 4000, "mwo_fmc_observation": 400, "ai4i_verbalised": 600, "prompt_injection": 400,
}


def rows(data, name, part):
    with open(os.path.join(data, f"{name}.{part}.jsonl"), encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [r for r in found if name != "log_severity" or r["source"].startswith("code/")]


def _key(text):
    return re.sub(r"[\W_]+", "", text.casefold())


def language_texts(data):
    """Training texts of every set, each once, without those that stand in a dev or test part of any set: sms_spam and
    smishing_3class come from one collection and cut it differently."""
    held = {_key(r["text"]) for name in LANGUAGE for part in ("dev", "test") for r in rows(data, name, part)}
    kept = {}
    for name in LANGUAGE:
        for r in rows(data, name, "train"):
            key = _key(r["text"])
            if key and key not in held:
                kept.setdefault(key, r["text"])
    return list(kept.values())


def clip(ids, limit=MAX_TEXT_TOKENS):
    """Head and tail of a text too long; the head gets the odd token."""
    if len(ids) <= limit:
        return ids
    tail = limit // 2
    return ids[: limit - tail] + ids[len(ids) - tail:]


def prompt(encoder, text):
    """Prefix <s>, text, suffix </s>; the text is encoded by itself, so a "</s>" in it is text."""
    return [BOS, *clip(encoder.encode(text)), EOS]


def vary(text, draw: random.Random):
    """A text that means the same: other digits, other case, a word lost, a slip of the keyboard, an end cut off."""
    if draw.random() < 0.5:
        text = re.sub(r"\d", lambda m: str(draw.randrange(10)) if draw.random() < 0.6 else m.group(), text)
    case = draw.random()
    if case < 0.12:
        text = text.lower()
    elif case < 0.17:
        text = text.upper()
    elif case < 0.22:
        text = text.capitalize()
    if draw.random() < 0.4:
        words = text.split(" ")
        text = " ".join(w for w in words if draw.random() > 0.08) or text
    if draw.random() < 0.3:
        text = mistype(text, draw)
    if draw.random() < 0.1 and len(text) > 60:
        text = text[: draw.randrange(40, len(text))]
    return text


def mistype(text, draw):
    """About one letter in thirty lost, doubled, or changed for its neighbour."""
    made, i = [], 0
    while i < len(text):
        slip = draw.random() * 90 if text[i].isalpha() else 90
        if slip < 1:
            pass
        elif slip < 2:
            made.append(text[i] * 2)
        elif slip < 3 and i + 1 < len(text):
            made.append(text[i + 1] + text[i])
            i += 1
        else:
            made.append(text[i])
        i += 1
    return "".join(made) or text


def batches(examples, tokens, draw: random.Random):
    """Shuffled batches of (ids, anything) of like length, each of at most `tokens` positions, pads counted."""
    order = list(examples)
    draw.shuffle(order)
    made, pool = [], 64 * max(1, tokens // 64)
    for start in range(0, len(order), pool):
        chunk = sorted(order[start:start + pool], key=lambda e: len(e[0]))
        batch = []
        for example in chunk:
            if batch and len(example[0]) * (len(batch) + 1) > tokens:
                made.append(batch)
                batch = []
            batch.append(example)
        if batch:
            made.append(batch)
    draw.shuffle(made)
    return made


def padded(batch):
    """ids [batch, longest] with pads on the right, and the position of each row's last real token."""
    longest = max(len(e[0]) for e in batch)
    ids = torch.full((len(batch), longest), PAD, dtype=torch.long)
    for i, e in enumerate(batch):
        ids[i, : len(e[0])] = torch.tensor(e[0])
    return ids, torch.tensor([len(e[0]) - 1 for e in batch])
