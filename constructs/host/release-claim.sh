# Takes the mark of a Terraform state off what the app keeps on this host: the next state that deploys may manage it. See claim.sh.
#
# Expects   what claim.sh expects.
# Changes   removes the mark. May run twice.
# Prints    whose it was.
main() {
  if [ -z "$(claimed state)" ]; then
    echo "no state has its mark in $manifest"
    return
  fi
  echo "released: what is in ${manifest%/*} was managed by the state of $(claimed place), since $(claimed since). The next state that deploys takes its place, and the former one is refused from then on."
  rm -f -- "$(claim_file)"
}

main </dev/null
