# Reports memory and disk over time.
#
# Expects   $name: container; $data_directory: a directory on the disk that matters.
# Changes   adds a sample if the last one is older than 10 minutes. May run twice.
# Prints    the samples, the oldest first, see usage.sh; nothing if a deploy has never begun.
# Needs     service-container/usage.sh

main() {
  note_usage "$name" "$data_directory"
  [ ! -f "$(usage_file)" ] || cat -- "$(usage_file)"
}

main </dev/null
