#!/usr/bin/env bash
# Sets up .venv and the system libraries that Qt needs; a second run finds everything and does nothing.
#
#   scripts/setup.sh REQUIREMENTS...
#
# The files are installed in order, each with its hashes checked. PYTHON names another interpreter
# to make .venv with.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Other people's modules would come before those of .venv.
unset PYTHONHOME PYTHONPATH

readonly venv=.venv
readonly python=$venv/bin/python
readonly supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'

say() { printf 'layerscope: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

# --- system packages -----------------------------------------------------------------------------

# Install Debian packages, or print the line that does it and stop.
install_packages() {
    local -a prefix=()
    if ! command -v apt-get >/dev/null; then
        fail "missing on this system: what Debian calls $*. Install it, then run this again."
    fi
    if [[ $(id -u) -ne 0 ]]; then
        if ! sudo -n true 2>/dev/null; then
            say "this needs system packages; type this line, then run the same command again:"
            printf '%s\n' "sudo apt-get update && sudo apt-get install --yes --no-install-recommends $*" >&2
            exit 1
        fi
        prefix=(sudo -n)
    fi
    say "installing system packages: $*"
    local log
    log=$(mktemp)
    if ! { ${prefix[@]+"${prefix[@]}"} apt-get update &&
        ${prefix[@]+"${prefix[@]}"} env DEBIAN_FRONTEND=noninteractive \
            apt-get install --yes --no-install-recommends "$@"; } </dev/null >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        fail "apt-get could not install $* (is there a network?)."
    fi
    rm -f "$log"
}

# --- Python --------------------------------------------------------------------------------------

# Print the first interpreter that really runs, is of a supported version, and passes the check $1.
find_python() {
    local candidate
    # /usr/bin too: a pyenv shim earlier on the path may stand for a version that is not active.
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 \
        /usr/bin/python3 /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11 python; do
        if "$candidate" -c "$supported" >/dev/null 2>&1 &&
            "$candidate" -c "$1" >/dev/null 2>&1; then
            "$candidate" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    return 1
}

# The Debian package with the venv module of the interpreter $1, such as python3.11-venv.
venv_package() {
    "$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

base_python() {
    local base
    if ! find_python 'import venv, ensurepip'; then
        if ! base=$(find_python ''); then
            if command -v python3 >/dev/null || ! command -v apt-get >/dev/null; then
                fail "Python 3.11, 3.12 or 3.13 is needed and none was found; PYTHON=/path/to/python names one."
            fi
            install_packages python3 python3-venv
        elif [[ $base == /usr/bin/* ]]; then
            install_packages "$(venv_package "$base")"
        fi
        find_python 'import venv, ensurepip' ||
            fail "Python 3.11, 3.12 or 3.13 with the modules venv and ensurepip is needed and none was found."
    fi
}

make_venv() {
    if "$python" -c "$supported" >/dev/null 2>&1 && "$python" -m pip --version >/dev/null 2>&1; then
        return
    fi
    local base
    base=$(base_python)
    say "making $venv with $("$base" --version) ($base)"
    "$base" -m venv --clear "$venv"
}

# --- packages ------------------------------------------------------------------------------------

fingerprint() { "$python" -c 'import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"; }

# Install the requirements file $1, unless this very content was installed before.
install_requirements() {
    local stamp=$venv/installed-$1 wanted log
    wanted=$(fingerprint "$1")
    if [[ -e $stamp && $(<"$stamp") == "$wanted" ]]; then
        return
    fi
    say "installing what $1 pins into $venv (the first time, TensorFlow and Qt take minutes)"
    log=$(mktemp)
    # Progress for a person who waits; without one, nothing unless it fails.
    local progress=$log
    if [[ -t 2 ]]; then
        progress=/dev/stderr
    fi
    if ! "$python" -m pip install --require-hashes --only-binary :all: --no-input --retries 2 \
        --disable-pip-version-check --requirement "$1" </dev/null 2>>"$log" >>"$progress"; then
        if grep -qE 'Retrying \(|Temporary failure|timed out|ConnectionError|ProxyError' "$log"; then
            rm -f "$log"
            fail "the Python package index cannot be reached; run this again when there is a network."
        fi
        cat "$log" >&2
        rm -f "$log"
        fail "pip could not install what $1 pins."
    fi
    rm -f "$log"
    printf '%s\n' "$wanted" >"$stamp"
}

# --- what Qt needs of the system -----------------------------------------------------------------

# Print the shared libraries that Qt asks for and this system lacks, one a line.
missing_libraries() {
    local qt
    local -a files
    qt=$("$python" -c 'import importlib.util, pathlib
print(pathlib.Path(importlib.util.find_spec("PySide6").origin).parent)')
    files=("$qt"/Qt{Core,Gui,Widgets,Svg}.abi3.so "$qt"/Qt/plugins/platforms/libqoffscreen.so
        "$qt"/Qt/plugins/{imageformats/libqsvg,iconengines/libqsvgicon}.so)
    if [[ -n ${DISPLAY:-} || -n ${WAYLAND_DISPLAY:-} ]]; then
        files+=("$qt"/Qt/plugins/platforms/libq{xcb,wayland}.so)
    fi
    # A library inside PySide6 that is "not found" shows up only when one of its own needs is.
    LC_ALL=C ldd "${files[@]}" 2>/dev/null | awk '/=> not found/ && $1 !~ /^lib(Qt6|pyside6|shiboken6)/ { print $1 }' |
        sort -u
}

# The Debian package that brings the library $1.
package_of() {
    case $1 in
        libEGL.so.1) echo libegl1 ;;
        libGL.so.1) echo libgl1 ;;
        libGLX.so.0) echo libglx0 ;;
        libOpenGL.so.0) echo libopengl0 ;;
        libX11.so.6) echo libx11-6 ;;
        libX11-xcb.so.1) echo libx11-xcb1 ;;
        libSM.so.6) echo libsm6 ;;
        libICE.so.6) echo libice6 ;;
        libxkbcommon.so.0) echo libxkbcommon0 ;;
        libxkbcommon-x11.so.0) echo libxkbcommon-x11-0 ;;
        libdbus-1.so.3) echo libdbus-1-3 ;;
        libfontconfig.so.1) echo libfontconfig1 ;;
        libfreetype.so.6) echo libfreetype6 ;;
        libglib-2.0.so.0 | libgthread-2.0.so.0 | libgobject-2.0.so.0 | libgio-2.0.so.0) echo libglib2.0-0 ;;
        libgssapi_krb5.so.2) echo libgssapi-krb5-2 ;;
        libwayland-client.so.0) echo libwayland-client0 ;;
        libwayland-cursor.so.0) echo libwayland-cursor0 ;;
        libwayland-egl.so.1) echo libwayland-egl1 ;;
        libxcb.so.1) echo libxcb1 ;;
        libxcb-render-util.so.0) echo libxcb-render-util0 ;;
        libxcb-icccm.so.4) echo libxcb-icccm4 ;;
        libxcb-util.so.1) echo libxcb-util1 ;;
        libxcb-*.so.?) sed -E 's/\.so\.//' <<<"$1" ;;
        libz.so.1) echo zlib1g ;;
        libzstd.so.1) echo libzstd1 ;;
        libstdc++.so.6) echo libstdc++6 ;;
        *) sed -E 's/\.so\.//' <<<"$1" ;;
    esac
}

has_font() {
    local folder
    for folder in /usr/share/fonts /usr/local/share/fonts ~/.fonts ~/.local/share/fonts; do
        if [[ -d $folder && -n $(find -L "$folder" -iname '*.[ot]t[fc]' -print -quit 2>/dev/null) ]]; then
            return
        fi
    done
    return 1
}

check_qt() {
    if [[ $(uname) != Linux ]]; then
        return
    fi
    local attempt
    local -a packages
    # Twice: what a missing library needs in its turn shows only when that library is there.
    for attempt in 1 2 last; do
        mapfile -t packages < <(missing_libraries | while read -r library; do
            package_of "$library"
        done | sort -u)
        # Without a font Qt draws empty boxes.
        if ! has_font; then
            packages+=(fonts-dejavu-core)
        fi
        if [[ ${#packages[@]} -eq 0 ]]; then
            return
        fi
        if [[ $attempt == last ]]; then
            fail "Qt still lacks on this system: $(missing_libraries | tr '\n' ' ')"
        fi
        install_packages "${packages[@]}"
    done
}

make_venv
for requirements in "$@"; do
    install_requirements "$requirements"
done
check_qt
