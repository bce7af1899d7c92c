#!/bin/sh
# A program outside the tree builds against the installed library by pkg-config alone.
# usage: check_package.sh BUILD_DIR SOURCE_ROOT
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
DESTDIR="$folder/root" meson install -C "$1" --no-rebuild >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
pc=$(dirname "$(find "$folder/root" -name shopcore.pc)")
export PKG_CONFIG_LIBDIR="$pc" PKG_CONFIG_SYSROOT_DIR="$folder/root"
cp "$2/tests/package/ten_lines.c" "$folder/"
share=$(dirname "$(dirname "$(dirname "$(find "$folder/root" -name shopcore.bash)")")")
for file in bash-completion/completions/shopcore.bash zsh/site-functions/_shopcore man/man1/shopcore.1; do
	[ -s "$share/$file" ] || { echo "share/$file is not installed"; exit 1; }
done
cd "$folder"
for name in $(cd "$pc" && ls ./*.pc); do
	name=$(basename "$name" .pc)
	# shellcheck disable=SC2046
	cc -std=c11 -Wall -Wextra -Werror ten_lines.c -o "$name" $(pkg-config --cflags --libs "$name")
	LD_LIBRARY_PATH="$(dirname "$pc")" "./$name"
done
echo "built and ran outside the tree"
