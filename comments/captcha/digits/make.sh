#!/usr/bin/env bash
# Speak the ten digits anew. Needs espeak-ng and sox (Debian: apt-get install espeak-ng sox); the
# running site needs neither. Several voices, pitches and speeds, cut to the word, equally loud.
set -euo pipefail
cd "$(dirname "$0")"
words=(không một hai ba bốn năm sáu bảy tám chín)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

speak() { # name, voice, words a minute, pitch
    for digit in "${!words[@]}"; do
        espeak-ng -a 70 -v "$2" -s "$3" -p "$4" -w "$scratch/spoken.wav" "${words[$digit]}"
        sox "$scratch/spoken.wav" -b 16 -r 11025 -c 1 "$scratch/cut.wav" \
            silence 1 0.005 0.5% reverse silence 1 0.005 0.5% reverse
        sox "$scratch/cut.wav" -b 16 "$1-$digit.wav" fade t 0.01 -0 0.03 gain -n -3
    done
}

speak north-man vi 85 45
speak north-woman vi+f2 90 55
speak north-deep vi+m3 85 35
speak south-man vi-vn-x-south 95 50
speak south-woman vi-vn-x-south+f4 105 50
