"""Cuts a dev file in two by a hash of each text, near-identical texts together: one half chooses a head, the other tests its thresholds.

    halves.py ROWS OUT_CHOOSE OUT_HOLD [SOURCE_PREFIX]

With SOURCE_PREFIX only rows whose source begins with it; OUT_HOLD may be -, then all of them go to OUT_CHOOSE.
"""
import hashlib
import json
import re
import sys


def key(text):
    """As the workshop's TextKey: case, digits, punctuation and white space do not count."""
    known = "".join("0" if c.isdigit() else c if c.isalpha() else " " for c in text.lower())
    return " ".join(re.sub("0+", "0", known).split()) or text


def main(rows, out_choose, out_hold, prefix=""):
    choose, hold = [], []
    with open(rows, encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if not row.get("source", "").startswith(prefix):
                continue
            odd = hashlib.sha256(key(row["text"]).encode("utf-8", "surrogatepass")).digest()[0] % 2
            (choose if odd or out_hold == "-" else hold).append(line)
    for name, some in ((out_choose, choose), (out_hold, hold)):
        if name != "-":
            with open(name, "w", encoding="utf-8") as out:
                out.writelines(some)


if __name__ == "__main__":
    main(*sys.argv[1:])
