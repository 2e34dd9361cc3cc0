# Makes plan-and-apply.yml run OpenTofu:
#   sed -f ci/workflow/opentofu.sed ci/workflow/plan-and-apply.yml >.github/workflows/plan-and-apply.yml
s|^env:$|&\
  TERRAFORM_BINARY_NAME: tofu|
s|^\( *\)terraform |\1tofu |
s|hashicorp/setup-terraform@.*|opentofu/setup-opentofu@a1320f892987e89d278cc92dc5adc984fb93aca4 # v2.0.2|
s|terraform_version: .*|tofu_version: 1.12.6|
s|terraform_wrapper|tofu_wrapper|
