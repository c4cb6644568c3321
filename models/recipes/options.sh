# shellcheck shell=sh
# Sourced by the recipes: reads the options that the script's third line names; what stands there in brackets may be left out.
# shellcheck disable=SC2034 # who sources it reads them
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(dirname "$(dirname "$here")")
python=${PYTHON:-/usr/bin/python3}

usage=$(sed -n '3s/^# *//p' "$0")
given=''
data='' base='' checkpoint='' out='' seed=20
while [ $# -gt 1 ]; do
  case "$usage" in *" $1 "* | *"[$1 "*) ;; *) break ;; esac
  given="$given $1"
  case $1 in
    --data) data=$2 ;;
    --base) base=$2 ;;
    --checkpoint) checkpoint=$2 ;;
    --out) out=$2 ;;
    --seed) seed=$2 ;;
  esac
  shift 2
done
for option in ${usage#* }; do
  case "$option$given " in --*" $option "* | [!-]*) ;; *) set -- missing ;; esac
done
if [ $# -gt 0 ]; then
  echo "usage: $usage" >&2
  exit 64
fi
