# Puts back what a take-over has changed. See taken-over.sh.
#
# Expects   name: the app's container; environment; what taken-over.sh expects.
# Changes   site, env files, role, owners and the super admin's password as they were before; the old container serves again, on
#           the database as it is now, and with the files that came since. Nothing while the app's own container is there. May run twice.
# Prints    what was put back.
main() {
  [ -n "$(taken id)" ] || fail "nothing was taken over on this host, or it was put back already"
  ! docker container inspect -- "$name" >/dev/null 2>&1 ||
    [ "$(docker inspect -f '{{.Id}}' -- "$name")" = "$(taken id)" ] ||
    fail "container $name is there, and two NocoDBs must not share a database: npx cdktf destroy $environment (or, where that cannot be had, docker rm -f $name), then try again"
  holds_nocodb || fail "database $database in container $database_container holds no NocoDB any more: take a backup back first (npm run restore -- $environment)"
  [ -z "$(taken complete)" ] || [ "$(served image)" = "$(taken image)" ] ||
    fail "another image than before the take-over, $(served image), has served since and migrated the database: take a backup of $(taken image) back (npm run restore -- $environment), destroy, then try again"
  lock_host "the way back from a take-over" 60
  put_back
}

main </dev/null
