#!/bin/sh
# Makes the released tasks, each a head on the base: a linear part on its state and a wide part of n-grams. See README.md.
#   models/recipes/tasks.sh --data DIR --base BASE --checkpoint HF_DIR --out OUT
set -eu
# shellcheck source=options.sh
. "$(dirname -- "$0")/options.sh"
mkdir -p "${out:?}"

# NAME SET SOURCE_PREFIX ADAPTER_EPOCHS NGRAMS MAX_ERROR BALANCE LABEL=PRIORITY...
task() {
  name=$1 set=$2 prefix=$3 epochs=$4 ngrams=$5 most=$6 balance=$7
  shift 7
  "$python" "$here/halves.py" "$data/$set.train.jsonl" "$out/$name.train.jsonl" - "$prefix"
  "$python" "$here/halves.py" "$data/$set.dev.jsonl" "$out/$name.choose.jsonl" "$out/$name.hold.jsonl" "$prefix"
  "$python" "$here/halves.py" "$data/$set.test.jsonl" "$out/$name.test.jsonl" - "$prefix"
  labels=''
  for label in "$@"; do labels="$labels --label $label"; done
  rm -rf "${out:?}/$name"
  # shellcheck disable=SC2086 # one word a label, and labels hold no spaces
  "$root/picket" workshop task new "$name" --task-version 0.2.0 --base "$base" --out "$out/$name" $labels
  rm "$out/$name/README.md" "$out/$name/example.jsonl"
  if [ "$epochs" -gt 0 ]; then
    "$root/picket" workshop train "$out/$name" --base "$base" --data "$out/$name.train.jsonl" \
      --dev "$out/$name.choose.jsonl" --lora --checkpoint "$checkpoint" --epochs "$epochs"
  fi
  "$root/picket" workshop train "$out/$name" --base "$base" --data "$out/$name.train.jsonl" \
    --dev "$out/$name.choose.jsonl" --head --ngrams "$ngrams"
  "$root/picket" workshop calibrate "$out/$name" --base "$base" --fit-rows "$out/$name.choose.jsonl" \
    --rows "$out/$name.hold.jsonl" --max-error "$most" --balance "$balance"
  "$root/picket" workshop evaluate "$out/$name" --base "$base" --rows "$out/$name.test.jsonl"
}

task fraud smishing_3class '' 4 50000 0.035 0 ham=routine spam=notice smishing=alarm
task severity log_severity code/ 0 100000 0.11 0.3 info=routine warning=notice error=alarm
task work-order mwo_failure_mode '' 0 50000 0.02 0 leak=alarm missing_or_loose=notice no_failure_mode=routine \
  other_failure=notice over_temperature=alarm start_stop_failure=alarm structural=alarm unspecified_failure=notice
