import { expect, test } from "vitest";
import { masked, reduced } from "../../../cli/reduced.js";

test("of a program on the host, only its own words are left", () => {
  const box = `null_resource.nocodb_site: Creating...
╷
│ Error: local-exec provisioner error
│ 
│   with null_resource.nocodb_site,
│   on cdk.tf.json line 812, in resource.null_resource.nocodb_site.provisioner[0].local-exec:
│  812:         }
│ 
│ Error running command 'sh assets/host_programs/sh/run-remote.sh
│ caddy-site/apply -- ssh -l deploy -- docker.example.com 'sudo -n sh -s'':
│ exit status 1. Output: Caddy refuses the site: unknown directive
│ Nothing was changed.
│ 
╵
`;
  const words = "Caddy refuses the site: unknown directive\nNothing was changed.";
  expect(reduced(box)).toBe(words);
  expect(reduced(box.replaceAll(/^│ ?/gm, ""))).toBe(words);
  expect(reduced(box.replaceAll(/^/gm, "prod  "))).toBe(words);
  expect(reduced(`${box}${box}`)).toBe(words);
});

test("of the probe, only its reasons are left", () => {
  expect(
    reduced(`
Error: External Program Execution Failed

  with data.external.host_probe,
  on cdk.tf.json line 40, in data.external.host_probe:
  40:       }

The data source received an unexpected error while attempting to execute the
program.

The program was executed, however it returned an additional error message.
Program: /usr/bin/sh
Error Message: container acme_postgresql does not run
network acme_backend does not exist

State: exit status 1
`),
  ).toBe("container acme_postgresql does not run\nnetwork acme_backend does not exist");
});

test("of an error of Terraform itself, title and reason are left, without the place in the JSON", () => {
  expect(
    reduced(`\u001b[31m╷\u001b[0m
│ \u001b[1mError: \u001b[0mError acquiring the state lock
│ 
│   on cdk.tf.json line 3, in terraform:
│    3:     "backend": {
│ 
│ Error message: resource temporarily unavailable
╵
`),
  ).toBe("Error: Error acquiring the state lock\nError message: resource temporarily unavailable");
});

test("of a state that is locked, who holds the lock and what to do are left", () => {
  expect(
    reduced(`╷
│ Error: Error acquiring the state lock
│ 
│ Error message: resource temporarily unavailable
│ Lock Info:
│   ID:        ec5ceba2-c3a8
│   Path:      ../../../state/prod.tfstate
│   Operation: OperationTypeApply
│   Who:       jane@laptop
│   Version:   1.11.4
│   Created:   2026-11-29 11:23:43.037559155 +0000 UTC
│   Info:      
│ 
│ 
│ Terraform acquires a state lock to protect the state from being written
│ by multiple users at the same time. Please resolve the issue above and try
│ again. For most commands, you can disable locking with the "-lock=false"
│ flag, but this is not recommended.
╵
`),
  ).toBe(
    "Error: Error acquiring the state lock\njane@laptop has held it since 2026-11-29 11:23:43 UTC (ID ec5ceba2-c3a8): wait until that command has ended, and try again. If it was killed, docs/state.md says what to do.",
  );
});

test("of anything else, the last lines are left", () => {
  const lines = Array.from({ length: 40 }, (_, index) => `line ${index}`);
  expect(reduced(lines.join("\n")).split("\n")).toEqual(lines.slice(-15));
});

test("secrets are masked: those of the process, passwords in addresses, private keys", () => {
  const env = { TF_TOKEN_app_terraform_io: "abc.def.ghi", PGPASSWORD: "s3same!", HOME: "/home/operator" };
  const key = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
  const text = `abc.def.ghi /home/operator postgres://u:hunter2@db/x s3same! ${key} password = "open sesame", "token": "x y", p=1 secrets: restart`;
  expect(masked(text, env)).toBe(
    '*** /home/operator postgres://u:***@db/x *** *** password = ***, "token": ***, p=1 secrets: restart',
  );
});
