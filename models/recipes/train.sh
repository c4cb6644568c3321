#!/bin/sh
# Makes the released Set from texts: the checkpoint, the INT4 base, and its tasks, one after the other in OUT. See README.md.
#   models/recipes/train.sh --data DIR --out OUT [--seed N]
set -eu
# shellcheck source=options.sh
. "$(dirname -- "$0")/options.sh"
"$python" -c 'import torch, numpy' 2>/dev/null || {
  echo "train.sh: $python has no PyTorch; install python3-torch, or name another Python in PYTHON" >&2
  exit 69
}
# One thread repeats itself bit by bit; the second one of OpenBLAS would only get in its way.
PYTHONDONTWRITEBYTECODE=1 OPENBLAS_NUM_THREADS=1 "$python" "$here/train.py" --data "$data" --out "$out" --seed "$seed"
"$root/picket" workshop import "$out/checkpoint" --out "$out/base" --name picket-small --base-version 0.2.0 --licence Apache-2.0
"$here/tasks.sh" --data "$data" --base "$out/base" --checkpoint "$out/checkpoint" --out "$out/tasks"
