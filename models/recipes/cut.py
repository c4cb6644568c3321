"""Cuts the rows of a set by what they are for: to train on, to choose by, to calibrate thresholds with, to test.

    cut.py DATA SET OUT_PREFIX [SOURCE_PREFIX]

writes OUT_PREFIX.train.jsonl, .choose.jsonl, .calibrate.jsonl and .test.jsonl; with SOURCE_PREFIX only rows whose source begins with it.
A tenth of the train part calibrates and takes no part in anything before, neither in the base nor in a head; the dev part chooses.
"""
import collections
import hashlib
import json
import os
import re
import sys

ALIKE = 0.6
COMMON = 400


def key(text):
    """As the workshop's TextKey: case, digits, punctuation and white space do not count."""
    known = "".join("0" if c.isdigit() else c if c.isalpha() else " " for c in text.lower())
    return " ".join(re.sub("0+", "0", known).split()) or text


def groups(texts):
    """For each text the least key among those that are like it, or like one that is (Jaccard index of their words; a word
    that COMMON texts before it hold counts as not shared). One message sent twice with another name falls on one side of a cut."""
    keys = [key(text) for text in texts]
    words = [frozenset(k.split()) for k in keys]
    holders = collections.defaultdict(list)
    leader = list(range(len(texts)))

    def lead(i):
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    for i, mine in enumerate(words):
        shared = collections.Counter(other for word in mine if len(holders[word]) < COMMON for other in holders[word])
        for other, both in shared.items():
            if both >= ALIKE * (len(mine) + len(words[other]) - both):
                leader[lead(i)] = lead(other)
        for word in mine:
            holders[word].append(i)
    least = {}
    for i, k in enumerate(keys):
        least[lead(i)] = min(k, least.get(lead(i), k))
    return [least[lead(i)] for i in range(len(keys))]


def calibrates(group):
    return hashlib.sha256(group.encode("utf-8", "surrogatepass")).digest()[0] < 26


def rows(data, name, part, prefix=""):
    with open(os.path.join(data, f"{name}.{part}.jsonl"), encoding="utf-8") as lines:
        found = [json.loads(line) for line in lines]
    return [row for row in found if row.get("source", "").startswith(prefix)]


def parted(some):
    """Rows of a train part: those to train on, and those to calibrate with."""
    train, calibrate = [], []
    for row, group in zip(some, groups([row["text"] for row in some])):
        (calibrate if calibrates(group) else train).append(row)
    return train, calibrate


def main(data, name, out, prefix=""):
    train, calibrate = parted(rows(data, name, "train", prefix))
    parts = {"train": train, "choose": rows(data, name, "dev", prefix), "calibrate": calibrate, "test": rows(data, name, "test", prefix)}
    for part, some in parts.items():
        with open(f"{out}.{part}.jsonl", "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in some)


if __name__ == "__main__":
    main(*sys.argv[1:])
