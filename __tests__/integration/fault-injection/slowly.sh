# shellcheck shell=sh
# Slows write-file.sh down between content, owner, mode and rename, so that a test can look at what is there meanwhile.
#
# Expects   nothing.
# Changes   nothing. May run twice.
chown() {
  sleep 0.4
  command chown "$@"
}

chmod() {
  sleep 0.4
  command chmod "$@"
}

mv() {
  sleep 0.4
  command mv "$@"
}
