"""Makes a Hugging Face folder (OUT/checkpoint) from the texts in DATA. See README.md.

Two stages: a language model from scratch; then the whole model is tuned on several labelled tasks at once.
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


def content_loss(model, at_end, ids):
    """How badly the state at the end tells which tokens the text holds: one softmax over the vocabulary against their even mix.

    Labels alone leave in that state what the tuned tasks ask for and little else; a head for a task that is not yet known needs the rest.
    """
    held = torch.zeros(len(ids), model.shape.vocabulary).scatter_(1, ids, 1.0)
    held[:, [bpe.PAD, bpe.BOS, bpe.EOS]] = 0.0
    shares = held / held.sum(1, keepdim=True).clamp(min=1.0)
    return -(shares * F.log_softmax(model.logits(at_end), 1)).sum(1).mean()


def read_language(model, encoder, data, epochs, draw):
    examples = [(texts.prompt(encoder, t), None) for t in texts.language_texts(data)]
    plan = [b for _ in range(epochs) for b in texts.batches(examples, 1536, draw)]
    say(f"language: {len(examples)} texts, {sum(len(e[0]) for e in examples)} tokens, {len(plan)} steps")
    steps, model.dropout, means = Steps(model.parameters(), 2e-3, len(plan), 0.05), 0.0, None
    model.train()
    for n, batch in enumerate(plan):
        ids, last = texts.padded(batch)
        hidden = model(ids)
        losses = next_token_loss(model, hidden, ids), content_loss(model, hidden[torch.arange(len(ids)), last], ids)
        steps.take(losses[0] + 0.3 * losses[1])
        means = [0.98 * m + 0.02 * l.item() for m, l in zip(means or [l.item() for l in losses], losses)]
        if n % 100 == 99:
            say(f"language {n + 1}/{len(plan)} next token {means[0]:.3f}, content {means[1]:.3f}")


class Task:
    """The rows of one set and the head that learns them; a rare label counts more, by the root of how rare it is."""

    def __init__(self, data, name, labels=None):
        self.name, self.rows, self.dev = name, texts.rows(data, name, "train"), texts.rows(data, name, "dev")
        self.labels = labels or sorted({r["label"] for r in self.rows})
        counts = [sum(r["label"] == label for r in self.rows) for label in self.labels]
        self.weights = torch.tensor([min(3.0, math.sqrt(len(self.rows) / (len(self.labels) * max(1, c)))) for c in counts])

    def examples(self, encoder, draw, each, limit):
        """One epoch: half of the rows as they are, half varied; with them the labels that are allowed."""
        made = []
        for r in draw.sample(self.rows, min(each, len(self.rows))):
            text = texts.vary(r["text"], draw) if draw.random() < 0.5 else r["text"]
            ids = [bpe.BOS, *texts.clip(encoder.encode(text), limit), bpe.EOS]
            made.append((ids, (self.name, [self.labels.index(r["label"])])))
        return made


def subjects_as_fraud(subjects, encoder, draw):
    """Subjects of unwanted mail are spam or smishing, nobody said which."""
    made = []
    for r in subjects.rows:
        allowed = [0] if r["label"] == "ham" else [1, 2]
        made.append(([bpe.BOS, *texts.clip(encoder.encode(texts.vary(r["text"], draw)), 96), bpe.EOS], ("smishing_3class", allowed)))
    return draw.sample(made, len(made) // 2)


def label_losses(at_end, batch, tasks, heads):
    """The mean loss of the rows' labels, each row through the head of its own task."""
    total = 0.0
    for name in sorted({e[1][0] for e in batch}):
        mine = [i for i, e in enumerate(batch) if e[1][0] == name]
        logs = F.log_softmax(heads[name](F.dropout(at_end[mine], 0.1)), 1)
        allowed = torch.zeros_like(logs)
        for i, row in enumerate(mine):
            allowed[i, batch[row][1][1]] = 1.0
        first = torch.tensor([batch[row][1][1][0] for row in mine])
        sure = -(logs + (allowed - 1.0) * 1e4).logsumexp(1)
        even = -logs.mean(1)
        total = total + (tasks[name].weights[first] * (0.95 * sure + 0.05 * even)).sum()
    return total / len(batch)


def judge(model, head, task, encoder):
    """Macro-F1 of the dev rows of one task."""
    model.eval()
    gold, guessed = [task.labels.index(r["label"]) for r in task.dev], [0] * len(task.dev)
    examples = [(texts.prompt(encoder, r["text"]), i) for i, r in enumerate(task.dev)]
    with torch.no_grad():
        for batch in texts.batches(examples, 4096, random.Random(0)):
            ids, last = texts.padded(batch)
            for (_, i), guess in zip(batch, head(model(ids)[torch.arange(len(batch)), last]).argmax(1).tolist()):
                guessed[i] = guess
    model.train()
    return macro_f1(gold, guessed, len(task.labels))


class Average:
    """The mean of the last some 500 steps' weights, which errs less than the last of them (Polyak & Juditsky 1992)."""

    def __init__(self, module):
        self.module = copy.deepcopy(module)

    def take(self, module):
        with torch.no_grad():
            for mean, now in zip(self.module.parameters(), module.parameters()):
                mean.lerp_(now, 0.002)


def tune(model, encoder, data, epochs, draw):
    """Every parameter learns the labels of all tasks at once, and keeps reading. The mean of the last weights is kept."""
    tasks = {name: Task(data, name, texts.FRAUD_LABELS if name == "smishing_3class" else None) for name in texts.TASKS}
    heads = nn.ModuleDict({name: nn.Linear(model.shape.hidden, len(task.labels)) for name, task in tasks.items()})
    plan = []
    for _ in range(epochs):
        made = subjects_as_fraud(tasks["email_subject_spam"], encoder, draw)
        for name, each in texts.TASKS.items():
            made += tasks[name].examples(encoder, draw, each, 96)
        plan.append(texts.batches(made, 1536, draw))
    model.dropout = 0.1
    both = nn.ModuleDict({"model": model, "heads": heads})
    steps, average = Steps(both.parameters(), 1e-3, sum(map(len, plan)), 0.05), Average(both)
    for epoch, part in enumerate(plan):
        mean = 0.0
        for batch in part:
            ids, last = texts.padded(batch)
            hidden = model(ids)
            at_end = hidden[torch.arange(len(ids)), last]
            labelled = label_losses(at_end, batch, tasks, heads)
            steps.take(labelled + 0.2 * next_token_loss(model, hidden, ids) + 0.2 * content_loss(model, at_end, ids))
            average.take(both)
            mean += labelled.item() / len(part)
        kept = average.module
        reached = {name: judge(kept["model"], kept["heads"][name], tasks[name], encoder) for name in list(tasks)[:3]}
        say(f"tasks {epoch + 1}/{epochs} ({len(part)} steps) loss {mean:.3f}, dev macro-F1 " + ", ".join(f"{n} {f:.3f}" for n, f in reached.items()))
    return average.module["model"]


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
    options.add_argument("--out", required=True, help="folder to make checkpoint/ in")
    options.add_argument("--seed", type=int, default=20)
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--language-epochs", type=int, default=2)
    options.add_argument("--task-epochs", type=int, default=6)
    given = options.parse_args()
    torch.manual_seed(given.seed)
    torch.set_num_threads(given.threads)
    draw = random.Random(given.seed)

    vocabulary, merges = bpe.train(texts.language_texts(given.data), Shape().vocabulary)
    encoder = bpe.Encoder(vocabulary, merges)
    model = Llama(Shape())
    say(f"tokenizer: {len(vocabulary)} entries; model: {sum(p.numel() for p in model.parameters())} parameters")
    read_language(model, encoder, given.data, given.language_epochs, draw)
    model = tune(model, encoder, given.data, given.task_epochs, draw)
    write_base(os.path.join(given.out, "checkpoint"), model, vocabulary, merges)
    say("wrote the base")


if __name__ == "__main__":
    main()
