# Removes the owner marker: the next state that deploys may manage what the app keeps on this host.
#
# Changes   removes the marker. May run twice.
# Prints    which state owned the host.
# Needs     host-ownership/lib.sh

main() {
  if [ -z "$(owner_value state)" ]; then
    echo "no state owns $records"
    return
  fi
  echo "released: the state of $(owner_value place) has managed ${records%/*} since $(owner_value since). The next state that deploys becomes the owner, and the former one is refused from then on."
  event=release
  note_event "the state of $(owner_value place)"
  rm -f -- "$(owner_file)"
}

main </dev/null
