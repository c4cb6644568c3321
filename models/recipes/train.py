"""Makes a Hugging Face folder (OUT/base) and a PEFT folder (OUT/fraud) from the texts in DATA. See README.md.

Three stages: a language model from scratch; the whole model tuned on several labelled tasks at once; then the base is
frozen as the INT4 that the device runs, and a LoRA adapter with its head is trained on that for `fraud`.
"""

import argparse
import copy
import json
import math
import os
import random
import time

import torch
import torch.nn.functional as F
from torch import nn

import bpe
import int4
import peft
import tensors
import texts
from llama import Llama, Shape

STARTED = time.time()


def say(message):
    print(f"[{time.time() - STARTED:6.0f} s] {message}", flush=True)


def macro_f1(gold, guessed, labels):
    scores = []
    for label in range(labels):
        hit = sum(g == label and p == label for g, p in zip(gold, guessed))
        said, there = sum(p == label for p in guessed), sum(g == label for g in gold)
        scores.append(2 * hit / (said + there) if said + there else 0.0)
    return sum(scores) / labels


class Steps:
    """AdamW with a short warm-up, a cosine to a tenth, gradients clipped at 1."""

    def __init__(self, parameters, rate, total, decay):
        self.parameters = [p for p in parameters if p.requires_grad]
        matrices, vectors = ([p for p in self.parameters if (p.dim() > 1) == wide] for wide in (True, False))
        groups = [{"params": matrices, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98))
        warm = max(1, min(100, total // 10))
        curve = lambda n: min(1.0, (n + 1) / warm) * (0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, n / total))))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimiser, curve)

    def take(self, loss):
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimiser.step()
        self.schedule.step()


def next_token_loss(model, hidden, ids):
    kept = ids[:, 1:] != bpe.PAD
    return F.cross_entropy(model.logits(hidden[:, :-1][kept]), ids[:, 1:][kept])


def read_language(model, encoder, data, epochs, draw):
    examples = [(texts.prompt(encoder, t), None) for t in texts.language_texts(data)]
    plan = [b for _ in range(epochs) for b in texts.batches(examples, 1536, draw)]
    say(f"language: {len(examples)} texts, {sum(len(e[0]) for e in examples)} tokens, {len(plan)} steps")
    steps, model.dropout, mean = Steps(model.parameters(), 2e-3, len(plan), 0.05), 0.0, None
    model.train()
    for n, batch in enumerate(plan):
        ids, _ = texts.padded(batch)
        loss = next_token_loss(model, model(ids), ids)
        steps.take(loss)
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        if n % 100 == 99:
            say(f"language {n + 1}/{len(plan)} loss {mean:.3f}")


def fraud_examples(encoder, train, draw, spread):
    """One epoch: every ham once, every spam and smishing `spread` times, all but one of them varied."""
    made = []
    for r in train:
        label = texts.FRAUD_LABELS.index(r["label"])
        for turn in range(1 if label == 0 else spread):
            text = texts.vary(r["text"], draw) if turn or draw.random() < 0.5 else r["text"]
            made.append((texts.prompt(encoder, text), ("fraud", label)))
    return made


def side_examples(encoder, data, draw, heads, each):
    """Up to `each` rows of every side task, cut to 96 tokens; makes the task's head when it is first seen."""
    made = []
    for name in texts.SIDE_TASKS:
        found = texts.rows(data, name, "train")
        labels = sorted({r["label"] for r in found})
        for r in draw.sample(found, min(each, len(found))):
            ids = [bpe.BOS, *texts.clip(encoder.encode(r["text"]), 96), bpe.EOS]
            made.append((ids, (name, labels.index(r["label"]))))
        if name not in heads:
            heads[name] = nn.Linear(heads["fraud"].in_features, len(labels))
    return made


def label_losses(hidden, last, batch, heads, smoothing):
    """The mean loss of the rows' labels, each row through the head of its own task."""
    at_end, total = hidden[torch.arange(len(batch)), last], 0.0
    for name in sorted({e[1][0] for e in batch}):
        mine = [i for i, e in enumerate(batch) if e[1][0] == name]
        gold = torch.tensor([batch[i][1][1] for i in mine])
        scores = heads[name](F.dropout(at_end[mine], 0.1))
        total = total + F.cross_entropy(scores, gold, reduction="sum", label_smoothing=smoothing)
    return total / len(batch)


def judge(model, head, encoder, found):
    """(macro-F1, negative log likelihood, guesses) of rows of smishing_3class."""
    model.eval()
    gold = [texts.FRAUD_LABELS.index(r["label"]) for r in found]
    scores = torch.zeros(len(found), len(texts.FRAUD_LABELS))
    examples = [(texts.prompt(encoder, r["text"]), i) for i, r in enumerate(found)]
    with torch.no_grad():
        for batch in texts.batches(examples, 4096, random.Random(0)):
            ids, last = texts.padded(batch)
            hidden = model(ids)[torch.arange(len(batch)), last]
            scores[[e[1] for e in batch]] = head(hidden)
    model.train()
    loss = F.cross_entropy(scores, torch.tensor(gold)).item()
    return macro_f1(gold, scores.argmax(1).tolist(), len(texts.FRAUD_LABELS)), loss


def tune(model, heads, encoder, data, epochs, draw):
    """Every parameter learns the labels of all tasks at once, and keeps reading."""
    train, dev = (texts.rows(data, "smishing_3class", part) for part in ("train", "dev"))
    plan = []
    for _ in range(epochs):
        made = fraud_examples(encoder, train, draw, 4) + side_examples(encoder, data, draw, heads, 1200)
        plan.append(texts.batches(made, 1536, draw))
    model.dropout = 0.1
    steps = Steps([*model.parameters(), *heads.parameters()], 8e-4, sum(map(len, plan)), 0.05)
    for epoch, part in enumerate(plan):
        mean = 0.0
        for batch in part:
            ids, last = texts.padded(batch)
            hidden = model(ids)
            loss = label_losses(hidden, last, batch, heads, 0.05) + 0.2 * next_token_loss(model, hidden, ids)
            steps.take(loss)
            mean += loss.item() / len(part)
        score, nll = judge(model, heads["fraud"], encoder, dev)
        say(f"tasks {epoch + 1}/{epochs} ({len(part)} steps) loss {mean:.3f}, fraud dev macro-F1 {score:.3f} nll {nll:.3f}")


def adapt(model, head, encoder, data, rank, alpha, epochs, draw):
    """On the frozen INT4 base: LoRA on every projection, and the head. The epoch with the best dev macro-F1 is kept."""
    train, dev = (texts.rows(data, "smishing_3class", part) for part in ("train", "dev"))
    int4.freeze(model)
    score, nll = judge(model, head, encoder, dev)
    say(f"the base as INT4, head as tuned: fraud dev macro-F1 {score:.3f} nll {nll:.3f}")
    for _, projection in model.projections():
        projection.adapt(rank, alpha, 0.05)
    plan = [texts.batches(fraud_examples(encoder, train, draw, 4), 1536, draw) for _ in range(epochs)]
    pairs = [p for _, projection in model.projections() for p in projection.pair]
    heads = nn.ModuleDict({"fraud": head})
    steps = Steps([*pairs, *head.parameters()], 1e-3, sum(map(len, plan)), 0.01)
    model.dropout, best = 0.1, None
    for epoch, part in enumerate(plan):
        for batch in part:
            ids, last = texts.padded(batch)
            steps.take(label_losses(model(ids), last, batch, heads, 0.05))
        score, nll = judge(model, head, encoder, dev)
        say(f"adapter {epoch + 1}/{epochs} fraud dev macro-F1 {score:.3f} nll {nll:.3f}")
        if best is None or (score, -nll) > best[0]:
            best = ((score, -nll), copy.deepcopy([p.data for p in pairs]), copy.deepcopy(head.state_dict()))
    for p, value in zip(pairs, best[1]):
        p.data.copy_(value)
    head.load_state_dict(best[2])
    return best[0][0]


def write_base(out, model, vocabulary, merges):
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "config.json"), "w", encoding="utf-8") as file:
        json.dump(model.shape.config(), file, indent=2)
    with open(os.path.join(out, "tokenizer.json"), "w", encoding="utf-8") as file:
        file.write(bpe.tokenizer_json(vocabulary, merges))
    tensors.write(os.path.join(out, "model.safetensors"), dict(model.named_parameters()))


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", required=True, help="folder with the .jsonl files; read, never copied")
    options.add_argument("--out", required=True, help="folder to make base/ and fraud/ in")
    options.add_argument("--seed", type=int, default=20)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--language-epochs", type=int, default=2)
    options.add_argument("--task-epochs", type=int, default=5)
    options.add_argument("--adapter-epochs", type=int, default=6)
    given = options.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    draw = random.Random(given.seed)

    vocabulary, merges = bpe.train(texts.language_texts(given.data), Shape().vocabulary)
    encoder = bpe.Encoder(vocabulary, merges)
    model, heads = Llama(Shape()), nn.ModuleDict({"fraud": nn.Linear(Shape().hidden, len(texts.FRAUD_LABELS))})
    say(f"tokenizer: {len(vocabulary)} entries; model: {sum(p.numel() for p in model.parameters())} parameters")
    read_language(model, encoder, given.data, given.language_epochs, draw)
    tune(model, heads, encoder, given.data, given.task_epochs, draw)
    write_base(os.path.join(given.out, "base"), model, vocabulary, merges)
    say("wrote the base")
    score = adapt(model, heads["fraud"], encoder, given.data, 8, 16, given.adapter_epochs, draw)
    peft.write(os.path.join(given.out, "fraud"), model, heads["fraud"], 8, 16)
    test, _ = judge(model, heads["fraud"], encoder, texts.rows(given.data, "smishing_3class", "test"))
    say(f"wrote the adapter: macro-F1 dev {score:.3f}, test {test:.3f}")


if __name__ == "__main__":
    main()
