#!/bin/sh
# What a task gets that the base was never tuned on: two sets are left out of all training, and each is trained four ways.
#   models/recipes/customer.sh --data DIR --base BASE --checkpoint HF_DIR --out OUT
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(dirname "$(dirname "$here")")
data='' base='' checkpoint='' out=''
while [ $# -gt 1 ]; do
  case $1 in
    --data) data=$2 ;;
    --base) base=$2 ;;
    --checkpoint) checkpoint=$2 ;;
    --out) out=$2 ;;
    *) break ;;
  esac
  shift 2
done
if [ $# -gt 0 ] || [ -z "$data" ] || [ -z "$base" ] || [ -z "$checkpoint" ] || [ -z "$out" ]; then
  echo "usage: $0 --data DIR --base BASE --checkpoint HF_DIR --out OUT" >&2
  exit 64
fi
mkdir -p "$out"

for set in mwo_system mwo_triage_maintie; do
  rows="$data/$set"
  for way in head wide adapter adapter-wide; do
    task="$out/$set-$way"
    rm -rf "$task"
    "$root/picket" workshop task new "$way" --base "$base" --out "$task" --labels-of "$rows.train.jsonl"
    train() { "$root/picket" workshop train "$task" --base "$base" --data "$rows.train.jsonl" --dev "$rows.dev.jsonl" "$@"; }
    case $way in adapter*) train --lora --checkpoint "$checkpoint" ;; esac
    case $way in
      head) train --head ;;
      *wide) train --head --ngrams 20000 ;;
    esac
  done
  echo "$set:"
  "$root/picket" workshop evaluate "$out/$set-head" "$out/$set-wide" "$out/$set-adapter" "$out/$set-adapter-wide" \
    --base "$base" --rows "$rows.test.jsonl"
done
