#!/bin/sh
# Makes the released tasks that are a head on the base as it is: severity and work-order. See README.md.
#   models/recipes/heads.sh --data DIR --out OUT
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(dirname "$(dirname "$here")")
base=$root/models/released/base
data='' out=''
while [ $# -gt 1 ]; do
  case $1 in
    --data) data=$2 ;;
    --out) out=$2 ;;
    *) break ;;
  esac
  shift 2
done
if [ $# -gt 0 ] || [ -z "$data" ] || [ -z "$out" ]; then
  echo "usage: $0 --data DIR --out OUT" >&2
  exit 64
fi
mkdir -p "$out"

# NAME SET SOURCE_PREFIX NGRAMS MAX_ERROR LABEL=PRIORITY...
task() {
  name=$1 set=$2 prefix=$3 ngrams=$4 most=$5
  shift 5
  python3 "$here/halves.py" "$data/$set.train.jsonl" "$out/$name.train.jsonl" - "$prefix"
  python3 "$here/halves.py" "$data/$set.dev.jsonl" "$out/$name.choose.jsonl" "$out/$name.hold.jsonl" "$prefix"
  python3 "$here/halves.py" "$data/$set.test.jsonl" "$out/$name.test.jsonl" - "$prefix"
  labels=''
  for label in "$@"; do labels="$labels --label $label"; done
  rm -rf "${out:?}/$name"
  # shellcheck disable=SC2086 # one word a label, and labels hold no spaces
  "$root/picket" workshop task new "$name" --base "$base" --out "$out/$name" $labels
  rm "$out/$name/README.md" "$out/$name/example.jsonl"
  "$root/picket" workshop train "$out/$name" --base "$base" --data "$out/$name.train.jsonl" \
    --dev "$out/$name.choose.jsonl" --head --ngrams "$ngrams"
  "$root/picket" workshop calibrate "$out/$name" --base "$base" --fit-rows "$out/$name.choose.jsonl" \
    --rows "$out/$name.hold.jsonl" --max-error "$most"
  "$root/picket" workshop evaluate "$out/$name" --base "$base" --rows "$out/$name.test.jsonl"
}

task severity log_severity code/ 100000 0.11 info=routine warning=notice error=alarm
task work-order mwo_failure_mode '' 50000 0.02 leak=alarm missing_or_loose=notice no_failure_mode=routine \
  other_failure=notice over_temperature=alarm start_stop_failure=alarm structural=alarm unspecified_failure=notice
