# shellcheck shell=sh
# Slows a program down between content, owner, mode and rename of a file, so that a test can watch the file meanwhile.
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
