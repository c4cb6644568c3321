#!/bin/sh
# Trains the small base and the fraud adapter: train.sh --data DIR --out DIR [--seed N]. Needs PyTorch and nothing else.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import torch, numpy' 2>/dev/null || {
    echo "train.sh: $python has no PyTorch; install python3-torch, or name another Python in PYTHON" >&2
    exit 69
}
PYTHONDONTWRITEBYTECODE=1 exec "$python" "$here/train.py" "$@"
