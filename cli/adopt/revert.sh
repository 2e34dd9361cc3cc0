# Reverts an adoption.
#
# Expects   $name: the app's container; $environment; $service $service_kind $backups $data_directory $keep
#           $database_container $superuser $database $role $env_file $secrets $pinned_secrets $deploy_user $consumers
#           $caddy $caddyfile $sites_directory $site.
# Changes   restores site, env files, role, owners and the super admin's password as they were before. The old container
#           serves again, on the current database and with the files added since. Removes the secrets that the app got
#           by the adoption. Fails while the app's own container exists. May run twice.
# Prints    what was reverted.
# Needs     adopt/adoption.sh

main() {
  [ -n "$(adoption_value id)" ] || fail "nothing is adopted on this host, or the adoption was reverted already"
  ! docker container inspect -- "$name" >/dev/null 2>&1 ||
    [ "$(docker inspect -f '{{.Id}}' -- "$name")" = "$(adoption_value id)" ] ||
    fail "container $name exists, and two NocoDBs must not share a database: npx cdktf destroy $environment (or, if that fails, docker rm -f $name), then try again"
  holds_data || fail "database $database in container $database_container holds no NocoDB any more: restore a backup first (npx nocodb-host backup restore $environment)"
  [ -z "$(adoption_value complete)" ] || [ "$(served image)" = "$(adoption_value image)" ] ||
    fail "another image than before the adoption, $(served image), has served since and migrated the database: restore a backup of $(adoption_value image) (npx nocodb-host backup restore $environment), destroy, then try again"
  event=revert
  lock_host "the revert of an adoption" 60
  revert
  note_event "container $old_name serves again"
}

main </dev/null
