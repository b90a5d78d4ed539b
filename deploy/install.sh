#!/usr/bin/env bash
# Installs, upgrades, rolls back or removes Endcap on Debian or Raspberry Pi OS. `install.sh --help` says how.
set -euo pipefail

usage() {
  cat <<'HELP'
Usage: install.sh RELEASE [options]      install, or upgrade in place
       install.sh --rollback [options]   back to the release that ran before
       install.sh --uninstall [options]  remove the program; configuration and data stay

RELEASE is an archive made by deploy/pack.sh (endcap-VERSION-linux-ARCH.tar.gz).

  --config FILE  store.yaml for a box that has none; its folder's other .yaml files come along (default: the demo store)
  --kiosk URL    also show this page on the box's own display (installs chromium and cage)
  --root DIR     work below DIR, as for an image; starts nothing and makes no user where DIR has no useradd
  --dry-run      say what would be done, and do nothing
  --help         this

Where things are: /opt/endcap (releases; current, previous), /etc/endcap (store.yaml), /var/lib/endcap (data).
An upgrade checks the configuration with the new release first, keeps the one before, and goes back to it by itself when the
new one does not get ready. Run it again as often as you like.
HELP
}

root=''; archive=''; config=''; kiosk=''; action=install; dry=no
fail() { echo "install.sh: $*" >&2; exit 1; }
misused() { echo "install.sh: $* (see --help)" >&2; exit 2; }

while [ $# -gt 0 ]; do
  case "$1" in
    --help|-h) usage; exit 0 ;;
    --dry-run) dry=yes ;;
    --rollback) action=rollback ;;
    --uninstall) action=uninstall ;;
    --root|--config|--kiosk)
      [ $# -ge 2 ] || misused "$1 needs a value"
      case "$1" in --root) root="${2%/}" ;; --config) config="$2" ;; --kiosk) kiosk="$2" ;; esac
      shift ;;
    -*) misused "there is no option $1" ;;
    *) [ -z "$archive" ] || misused "one release at a time"; archive="$1" ;;
  esac
  shift
done

opt="$root/opt/endcap"; etc="$root/etc/endcap"; data="$root/var/lib/endcap"
units="$root/etc/systemd/system"; command="$root/usr/local/bin/endcap"

say() { echo "$*"; }
# Says what it does; does it unless this is a dry run.
act() {
  local words="$1"; shift
  if [ "$dry" = yes ]; then say "would $words"; else say "$words"; "$@"; fi
}
# A box that runs, not an image: services are started and stopped.
live() { [ -z "$root" ] && [ -d /run/systemd/system ]; }
target_of() { if [ -L "$opt/$1" ]; then readlink "$opt/$1"; fi; }
# Another name over the old one, at once: at no moment is there no program.
point() { ln -s "$2" "$opt/.$1.new"; mv -T "$opt/.$1.new" "$opt/$1"; }

needs_root() {
  { [ "$dry" = yes ] || [ -n "$root" ] || [ "$(id -u)" = 0 ]; } || fail "run it as root: sudo $0 …"
}

ready() {
  for _ in $(seq 60); do
    if "$opt/current/bin/node" "$opt/current/dist/edge/main.js" status --config "$etc/store.yaml" --data "$data" >/dev/null 2>&1; then
      return 0
    fi
    systemctl is-failed --quiet endcap && return 1
    sleep 1
  done
  return 1
}

restart() {
  systemctl daemon-reload
  systemctl enable --quiet endcap
  systemctl restart endcap
}

make_users() {
  local user
  for user in endcap ${kiosk:+endcap-kiosk}; do
    if [ -n "$root" ]; then
      if [ ! -x "$root/usr/sbin/useradd" ]; then say "no user is made: $root has no useradd"; return 0; fi
      chroot "$root" id "$user" >/dev/null 2>&1 ||
        act "make the user $user" chroot "$root" useradd --system --user-group --home-dir "/var/lib/$user" --shell /usr/sbin/nologin "$user"
    else
      id "$user" >/dev/null 2>&1 ||
        act "make the user $user" useradd --system --user-group --home-dir "/var/lib/$user" --shell /usr/sbin/nologin "$user"
    fi
  done
}

release_name() {
  # The same version packed anew is another release; the same archive is the same.
  echo "$(basename "$archive" .tar.gz)-$(sha256sum "$archive" | cut -c1-8)"
}

unpack() {
  local part="$opt/releases/.part"
  rm -rf "$part"; mkdir -p "$part"
  tar xzf "$archive" --strip-components=1 --no-same-owner -C "$part"
  mv -T "$part" "$1"
}

check_machine() {
  local ours theirs
  case "$(uname -m)" in x86_64) ours=x64 ;; aarch64) ours=arm64 ;; *) fail "$(uname -m) is not served: x86_64 and aarch64 are" ;; esac
  theirs="$(tar xzOf "$archive" --wildcards --no-wildcards-match-slash '*/arch' 2>/dev/null | tr -d '[:space:]')" || true
  [ -n "$theirs" ] || fail "$archive is no release of Endcap: make one with deploy/pack.sh"
  [ "$theirs" = "$ours" ] || fail "$archive is for $theirs, this machine is $ours"
  [ -f "${root}/etc/debian_version" ] || say "note: this is not Debian or Raspberry Pi OS; tried on those alone"
}

place_config() {
  local from="${config:-$1/deploy/demo/store.yaml}"
  if [ -f "$etc/store.yaml" ]; then
    [ -z "$config" ] || say "keep $etc/store.yaml as it is: it is there already"
    return 0
  fi
  [ -f "$from" ] || [ "$dry" = yes ] || fail "there is no $from"
  act "copy $(basename "$from") and what lies beside it to $etc" copy_config "$from"
}
copy_config() { mkdir -p "$etc"; cp "$(dirname "$1")"/*.yaml "$etc/"; [ "$(basename "$1")" = store.yaml ] || mv "$etc/$(basename "$1")" "$etc/store.yaml"; }

check_config() {
  "$1/bin/node" "$1/dist/edge/main.js" start --check --config "$etc/store.yaml" --data "$data" ||
    fail "the release does not take $etc/store.yaml: what ran still runs; mend that file and run this again"
}

install_units() {
  mkdir -p "$units" "$(dirname "$command")"
  cp "$1/deploy/systemd/endcap.service" "$units/endcap.service"
  [ -z "$kiosk" ] || { cp "$1/deploy/systemd/endcap-kiosk.service" "$units/"; echo "ENDCAP_SCREEN_URL=$kiosk" > "$etc/kiosk"; }
  # The store's own user alone can read the data; root becomes that user.
  cat > "$command" <<'COMMAND'
#!/bin/sh
# `endcap` on this box: the commands of the store that runs here.
cd /etc/endcap || exit 1
export ENDCAP_DATA=/var/lib/endcap
set -- /opt/endcap/current/bin/node /opt/endcap/current/dist/edge/main.js "$@"
if [ "$(id -u)" = 0 ]; then exec runuser -u endcap -- "$@"; fi
exec "$@"
COMMAND
  chmod 755 "$command"
}

forget_old_releases() {
  local kept release
  kept=" $(basename "$(target_of current)") $(basename "$(target_of previous)") "
  for release in "$opt"/releases/*/; do
    release="$(basename "$release")"
    case "$kept" in *" $release "*) ;; *) act "delete the older release $release" rm -rf "$opt/releases/$release" ;; esac
  done
}

install() {
  local name folder before older
  [ -n "$archive" ] || misused "name a release"
  [ -f "$archive" ] || fail "there is no file $archive"
  check_machine
  name="$(release_name)"; folder="$opt/releases/$name"; before="$(target_of current)"; older="$(target_of previous)"
  make_users
  if [ -d "$folder" ]; then say "the release $name is unpacked already"; else act "unpack $name to $opt/releases" unpack "$folder"; fi
  place_config "$folder"
  [ "$dry" = yes ] || check_config "$folder"
  [ -d "$data" ] || act "make $data" make_data
  [ -z "$kiosk" ] || kiosk_packages
  act "install the units and the command endcap" install_units "$folder"
  if [ "$before" = "releases/$name" ]; then
    say "$name is the current release already"
  else
    [ -z "$before" ] || act "keep $(basename "$before") as the release to roll back to" point previous "$before"
    act "make $name the current release" point current "releases/$name"
  fi
  start_or_go_back "$before" "$older"
  [ "$dry" = yes ] || forget_old_releases
}

make_data() {
  mkdir -p "$data"; chmod 700 "$data"
  # In an image the unit's StateDirectory gives it to the user at the first boot.
  if live; then chown endcap:endcap "$data"; fi
}

kiosk_packages() {
  if live; then act "install chromium and cage" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium cage
  else say "for the kiosk, the image needs the packages chromium and cage"; fi
}

start_or_go_back() {
  if ! live; then say "nothing is started: this is not a running box"; return 0; fi
  act "start the store" restart
  [ -z "$kiosk" ] || act "start the screen" systemctl enable --now --quiet endcap-kiosk
  [ "$dry" = yes ] && return 0
  if ready; then say "the store is ready"; return 0; fi
  journalctl -u endcap -n 20 --no-pager >&2 || true
  if [ -n "$1" ] && [ "$1" != "$(target_of current)" ]; then
    say "the new release does not get ready: back to $(basename "$1")"
    point current "$1"; install_units "$opt/$1"; restart
    # As it was: what could be gone back to before can be gone back to still.
    if [ -n "${2:-}" ]; then point previous "$2"; else rm "$opt/previous"; fi
    ready || fail "$(basename "$1") does not get ready either: journalctl -u endcap"
    fail "the store runs as $(basename "$1") again; the last lines of the new release are above"
  fi
  fail "the store did not get ready within a minute; its last lines are above"
}

rollback() {
  local before now
  before="$(target_of previous)"; now="$(target_of current)"
  { [ -n "$before" ] && [ -d "$opt/$before" ]; } || fail "there is no release before $(basename "${now:-none}")"
  act "make $(basename "$before") the current release, and keep $(basename "$now")" swap "$before" "$now"
  act "install the units of $(basename "$before")" install_units "$opt/$before"
  start_or_go_back '' ''
}
swap() { point current "$1"; point previous "$2"; }

uninstall() {
  if live; then act "stop the store and the screen" stop_all; fi
  act "remove the program, the units and the command" rm -rf "$opt" "$units/endcap.service" "$units/endcap-kiosk.service" "$command"
  if live && [ "$dry" = no ]; then systemctl daemon-reload; fi
  say "kept: $etc and $data; delete them yourself when nobody needs them any more"
}
stop_all() { systemctl disable --now --quiet endcap endcap-kiosk 2>/dev/null || true; }

needs_root
"$action"
