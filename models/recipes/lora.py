"""Trains a LoRA adapter and a head for one task, on the INT4 weights that the device runs; `workshop train --lora` calls it.

BASE is the folder of the INT4 base, CHECKPOINT the Hugging Face folder that it was imported from: a LlamaForCausalLM of this folder's kind
with its byte-level BPE. base.json says which checkpoint that was, and how its weights were rounded.
TRAIN and DEV are .jsonl files with text and label (a number). OUT becomes a PEFT folder. The epoch with the best macro-F1 on DEV is kept.
"""

import argparse
import copy
import hashlib
import json
import math
import os
import random
import re
import struct
import sys

import numpy
import torch
import torch.nn.functional as F
from torch import nn

import bpe
import int4
import peft
import texts
from llama import Llama, Shape


def read_tensors(path):
    """A whole .safetensors file of float32, float16 or bfloat16."""
    with open(path, "rb") as file:
        raw = file.read()
    length = struct.unpack("<Q", raw[:8])[0]
    found = {}
    for name, info in json.loads(raw[8:8 + length]).items():
        # Some checkpoints hold what is computed from others: the tied output matrix, the frequencies of RoPE.
        if name in ("__metadata__", "lm_head.weight") or name.endswith(".rotary_emb.inv_freq"):
            continue
        begin, end = (8 + length + offset for offset in info["data_offsets"])
        if info["dtype"] == "BF16":
            wide = numpy.frombuffer(raw[begin:end], "<u2").astype("<u4") << 16
            values = wide.view("<f4")
        else:
            values = numpy.frombuffer(raw[begin:end], {"F32": "<f4", "F16": "<f2"}[info["dtype"]]).astype("<f4")
        found[name] = torch.from_numpy(values.reshape(info["shape"]).copy())
    return found


def rounding(base, checkpoint):
    """How the base's weights were made from this very checkpoint."""
    with open(os.path.join(base, "base.json"), encoding="utf-8") as file:
        told = json.load(file)
    made = told["madeBy"]
    if not os.path.isfile(os.path.join(checkpoint, "model.safetensors")):
        raise SystemExit(f"lora.py: {checkpoint} holds no model.safetensors, and one of several files is not read; "
                         "train it with PEFT and bring the result in with 'workshop adapter'")
    with open(os.path.join(checkpoint, "model.safetensors"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    named = made.get("checkpoint")
    named = [named] if isinstance(named, str) else list((named or {}).values())
    if named != [digest]:
        raise SystemExit(f"lora.py: the base was not made from {checkpoint}/model.safetensors; name the folder that it was imported from")
    known = {"nearest": int4.dequantised, "search": int4.searched}
    how = made.get("quantiser", "nearest")
    if told["quantisation"]["scheme"] != "int4" or how not in known:
        raise SystemExit("lora.py trains on INT4 weights; import the base as INT4, or train with PEFT and use 'workshop adapter'")
    return known[how]


def plain(config):
    """Whether RoPE is unscaled and attention whole; RoPE stands in rope_parameters since transformers 5."""
    rope = config.get("rope_parameters") or {}
    scaling = config.get("rope_scaling") or rope
    partial = any(each.get("partial_rotary_factor", 1) != 1 for each in (config, rope))
    return (scaling.get("rope_type") or scaling.get("type") or "default") == "default" and not partial \
        and "sliding_attention" not in (config.get("layer_types") or [])


def read_model(folder, rounded):
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    if config.get("architectures") != ["LlamaForCausalLM"] or not config.get("tie_word_embeddings") or not plain(config):
        raise SystemExit("lora.py trains on a LlamaForCausalLM with tied embeddings and plain RoPE only; "
                         "train others with PEFT and bring the result in with 'workshop adapter'")
    shape = Shape(
        config["vocab_size"], config["hidden_size"], config["num_hidden_layers"], config["num_attention_heads"],
        config.get("num_key_value_heads") or config["num_attention_heads"], config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"],
        config["intermediate_size"], min(config["max_position_embeddings"], 4096))
    shape.theta, shape.epsilon = (
        (config.get("rope_parameters") or {}).get("rope_theta") or config.get("rope_theta") or 10000.0), config.get("rms_norm_eps", 1e-6)
    model = Llama(shape)
    model.load_state_dict(read_tensors(os.path.join(folder, "model.safetensors")), strict=True)
    int4.freeze(model, rounded)
    return model


def read_encoder(folder):
    """The encoder for texts, and the added tokens for what stands around them; refuses what bpe.split would cut otherwise."""
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as file:
        told = json.load(file)
    model, before = told["model"], told.get("pre_tokenizer") or {}
    steps = before.get("pretokenizers", [before])
    known = len(steps) == 1 and steps[0].get("type") == "ByteLevel" and steps[0].get("use_regex", True) \
        and not steps[0].get("add_prefix_space", True)
    other = [key for key in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "ignore_merges") if model.get(key)]
    if told.get("normalizer") or not known or model.get("type", "BPE") != "BPE" or other:
        raise SystemExit("lora.py reads byte-level BPE with the split of ByteLevel only, without a normalizer, and this tokenizer.json "
                         "is another; train with PEFT and bring the result in with 'workshop adapter'")
    pairs = [tuple(m.split(" ")) if isinstance(m, str) else tuple(m) for m in model["merges"]]
    return bpe.Encoder(model["vocab"], pairs), told.get("added_tokens") or []


def around(text, encoder, added):
    """The ids of a prefix or a suffix: an added token anywhere in it is that token, the longest first."""
    ids = {token["content"]: token["id"] for token in added if token["content"] in text}
    if any(token.get(flag) for token in added if token["content"] in ids for flag in ("lstrip", "rstrip", "single_word")):
        raise SystemExit(f"lora.py: a token in '{text}' takes white space or words with it, which is not read here")
    if not ids:
        return encoder.encode(text)
    parts = re.split("(" + "|".join(re.escape(each) for each in sorted(ids, key=len, reverse=True)) + ")", text)
    return [i for part in parts for i in ([ids[part]] if part in ids else encoder.encode(part))]


def examples(path, encoder, before, behind, limit):
    with open(path, encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [([*before, *texts.clip(encoder.encode(r["text"]), limit), *behind], r["label"]) for r in found]


def scores(model, head, batch):
    ids, last = texts.padded(batch)
    return head(model(ids)[torch.arange(len(batch)), last])


def macro_f1(model, head, found, labels):
    model.eval()
    hit, said, there = ([0] * labels for _ in range(3))
    with torch.no_grad():
        for batch in texts.batches(found, 4096, random.Random(0)):
            for (_, gold), guess in zip(batch, scores(model, head, batch).argmax(1).tolist()):
                hit[gold] += gold == guess
                said[guess] += 1
                there[gold] += 1
    model.train()
    each = [2 * h / (s + t) for h, s, t in zip(hit, said, there) if t]
    return sum(each) / len(each)


def train(model, head, rows, dev, labels, given, draw):
    for _, projection in model.projections():
        projection.adapt(given.rank, 2 * given.rank, 0.05)
    pairs = [p for _, projection in model.projections() for p in projection.pair]
    counts = [max(1, sum(label == k for _, label in rows)) for k in range(labels)]
    # Between no weighting and equal say for every label: rare ones count, but do not drown the others.
    weights = torch.tensor([math.sqrt(len(rows) / (labels * c)) for c in counts])
    # Some 32 texts a step; of few rows an epoch is as many passes as make 60 steps.
    tokens = max(256, 32 * sum(len(ids) for ids, _ in rows) // len(rows))
    passes = max(1, 60 * 32 // len(rows))
    plan = [[b for _ in range(passes) for b in texts.batches(rows, tokens, draw)] for _ in range(given.epochs)]
    total, step, best = sum(map(len, plan)), 0, None
    optimiser = torch.optim.AdamW([{"params": pairs, "lr": 2e-3}, {"params": head.parameters(), "lr": 2e-3}], weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda n: min(1.0, (n + 1) / 20) * (0.05 + 0.475 * (1 + math.cos(math.pi * min(1.0, n / total)))))
    for epoch, batches in enumerate(plan):
        for batch in batches:
            gold = torch.tensor([label for _, label in batch])
            loss = F.cross_entropy(scores(model, head, batch), gold, weight=weights, label_smoothing=0.02)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_([*pairs, *head.parameters()], 1.0)
            optimiser.step()
            schedule.step()
            step += 1
        reached = macro_f1(model, head, dev, labels)
        print(f"epoch {epoch + 1}/{given.epochs}: dev macro-F1 {reached:.3f}", file=sys.stderr, flush=True)
        if best is None or reached > best[0]:
            best = (reached, copy.deepcopy([p.data for p in pairs]), copy.deepcopy(head.state_dict()))
    for p, value in zip(pairs, best[1]):
        p.data.copy_(value)
    head.load_state_dict(best[2])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("base", "checkpoint", "train", "dev", "out", "prefix", "suffix"):
        options.add_argument("--" + name, required=True)
    for name, default in (("labels", 2), ("max-text-tokens", 192), ("rank", 8), ("epochs", 6), ("seed", 20), ("threads", 1)):
        options.add_argument("--" + name, type=int, default=default)
    given = options.parse_args()
    try:
        run(given)
    except KeyError as error:
        raise SystemExit(f"lora.py: {given.base} or {given.checkpoint} is not what it should be: {error} is missing") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise SystemExit(f"lora.py: {' '.join(str(error).split())}") from None


def run(given):
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    model = read_model(given.checkpoint, rounding(given.base, given.checkpoint))
    encoder, added = read_encoder(given.checkpoint)
    before, behind = (around(each, encoder, added) for each in (given.prefix, given.suffix))
    part = lambda path: examples(path, encoder, before, behind, given.max_text_tokens)
    head = nn.Linear(model.shape.hidden, given.labels)
    train(model, head, part(given.train), part(given.dev), given.labels, given, random.Random(given.seed))
    peft.write(given.out, model, head, given.rank, 2 * given.rank)


if __name__ == "__main__":
    main()
