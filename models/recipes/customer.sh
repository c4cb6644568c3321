#!/bin/sh
# What a task gets that the base was never tuned on: two sets are left out of all training, and each is trained four ways.
#   models/recipes/customer.sh --data DIR --base BASE --checkpoint HF_DIR --out OUT
set -eu
# shellcheck source=options.sh
. "$(dirname -- "$0")/options.sh"
mkdir -p "${out:?}"

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
