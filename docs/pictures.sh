#!/usr/bin/env bash
# Makes the pictures of this folder anew, from real runs: docs/pictures.sh
# Needs chromium and pngquant, Debian's packages of these names. PROBITY names another command to run than this checkout's.
set -euo pipefail
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The reference server as a release that departs, so that there is something to be seen.
probity() {
    ${PROBITY:-cargo run --quiet --package probity-conformance --} --api umami --release umami-3.1.0 --seed 7 "$@" || [ $? = 1 ]
}

# picture FILE WIDTH HEIGHT PAGE [FLAG…]
picture() {
    chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --hide-scrollbars --force-device-scale-factor=1.5 \
        --user-data-dir="$work/profile" --window-size="$2,$3" --screenshot="docs/$1" "${@:5}" "file://$work/$4" 2>/dev/null
    pngquant --force --ext .png --strip 64 "docs/$1"
}

probity --report "html=$work/report.html" >/dev/null
picture report.png 1180 1050 report.html
picture report-dark.png 1180 1050 report.html --blink-settings=preferredColorScheme=0

{
    cat <<'STYLE'
<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 20px 24px; background: #14171a; color: #e4e7e9; }
pre { margin: 0; font: 13px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.s1 { font-weight: bold; color: #fff } .s2 { color: #939ca5 } .s31 { color: #ff8f84 } .s32 { color: #7cd29c } .s33 { color: #efbb58 }
.s35 { color: #d2a8ee } .s36 { color: #74c9df }
</style><pre>
STYLE
    CLICOLOR_FORCE=1 probity --filter 'umami.send.no-*' --filter 'umami.send.b*' --filter umami.send.shape |
        sed 's/&/\&amp;/g; s/</\&lt;/g; s/\x1b\[0m/<\/span>/g; s/\x1b\[\([0-9]*\)m/<span class=s\1>/g'
} >"$work/terminal.html"
picture terminal.png 1180 715 terminal.html
