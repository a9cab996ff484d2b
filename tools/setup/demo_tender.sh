#!/bin/bash
# Take a copy of the worked tender from its questions to the award, in every form, without the rack.
set -euo pipefail
millwright=$(realpath -s "$1")
folder=$2
root=$(dirname "$(dirname "$(dirname "$(realpath "$0")")")")

rm -rf -- "$folder"
mkdir -p -- "$(dirname "$folder")"
cp -r -- "$root/inventories/lighthouse" "$folder"
cd -- "$folder"
"$millwright" tender form . --output bid.xlsx
"$millwright" tender check . || [[ $? == 1 ]] # one of its offers has to be rejected
"$millwright" tender compare . --json --html comparison.html --xlsx comparison.xlsx > comparison.json
"$millwright" tender compare . --for cedar --html for-cedar.html > /dev/null
"$millwright" tender award . birch
"$millwright" facility check facility.yaml
echo "look at $folder/comparison.html, comparison.xlsx, comparison.json, for-cedar.html, bid.xlsx and facility.yaml"
