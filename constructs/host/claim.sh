# The mark that says which Terraform state manages what the app keeps on this host.
#
# Expects   manifest; from: where Terraform runs, as `user@machine:folder` (on-host.sh says it).
# Changes   nothing until a function is called.

# It stands beside the records, as lines name=value: state, its id; place, where it is kept; since.
claim_file() {
  printf '%s/.claim' "$manifest"
}

# claimed NAME: a line of the mark; empty where there is none
claimed() {
  [ ! -f "$(claim_file)" ] || sed -n "s/^$1=//p" "$(claim_file)"
}

# refuse_other_state STATE: another state has its mark here
refuse_other_state() {
  claimed_=$(claimed state)
  case $claimed_ in '' | "$1") return 0 ;; esac
  fail "What is in ${manifest%/*} is managed by another Terraform state, that of $(claimed place), since $(claimed since); nothing was changed. Deploy from there, or bring its state here. Where that state is lost, or shall manage this host no more: npm run release -- ENVIRONMENT, then deploy."
}
