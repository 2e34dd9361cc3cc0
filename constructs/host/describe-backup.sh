# What a backup consists of. See backup.sh.
#
# Expects   backup: a name, or `latest`; what backup.sh expects.
# Changes   nothing. May run twice.
# Prints    lines name=value: `name`, then size in bytes and SHA-256 of each of its files.
main() {
  [ "$backup" != latest ] || backup=$(all_backups | head -n 1)
  [ -n "$backup" ] || fail "there is no backup in $backups: npm run backup makes one"
  check_backup "$backup"
  echo "name=$backup"
  for file in about database.dump data.tar; do
    echo "$file=$(stat -c %s -- "$backups/$backup/$file") $(sum_of "$backups/$backup/$file")"
  done
}

main </dev/null
