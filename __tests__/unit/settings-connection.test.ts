import { describe, expect, test } from "vitest";
import { complaints, environmentText, least } from "./environment-text.js";

const option = (name: string, value: unknown = "x") =>
  environmentText({ ssh: { ...least.ssh, options: { [name]: value } } });

describe("an ssh option that would undo what the connection promises is refused", () => {
  const trust = "it decides whether the host key is verified, and this app always verifies it";
  const sharing = "the app shares one connection among all its steps and sets this itself";
  const noTerminal = "nothing answers a prompt or reads a terminal during a deploy";
  const commands = "the app runs its own commands, and another one would break them";
  const exposure = "it would hand the operator's machine to the host";
  test.each([
    ["StrictHostKeyChecking", trust],
    ["stricthostkeychecking", trust],
    ["GlobalKnownHostsFile", trust],
    ["KnownHostsCommand", trust],
    ["VerifyHostKeyDNS", trust],
    ["NoHostAuthenticationForLocalhost", trust],
    ["UpdateHostKeys", trust],
    ["BatchMode", noTerminal],
    ["RequestTTY", noTerminal],
    ["ControlMaster", sharing],
    ["ControlPath", sharing],
    ["ControlPersist", sharing],
    ["LocalCommand", commands],
    ["PermitLocalCommand", commands],
    ["RemoteCommand", commands],
    ["SessionType", commands],
    ["StdinNull", commands],
    ["ForkAfterAuthentication", commands],
    ["ForwardAgent", exposure],
    ["ForwardX11", exposure],
    ["ForwardX11Trusted", exposure],
    ["RemoteForward", exposure],
    ["Tunnel", exposure],
    ["Include", "it reads further options from a file that nobody checks"],
    ["UserKnownHostsFile", "it has a setting of its own, ssh.knownHosts"],
    ["HostName", "it has a setting of its own, ssh.host"],
    ["Host", "it has a setting of its own, ssh.host"],
    ["Match", "it has a setting of its own, ssh.host"],
    ["Port", "it has a setting of its own, ssh.port"],
    ["User", "it has a setting of its own, ssh.user"],
    ["IdentityFile", "it has a setting of its own, ssh.identityFile"],
  ])("%s", (name, reason) => {
    expect(complaints(option(name))).toEqual([`ssh.options.${name}: "x": may not be set: ${reason}; remove the line`]);
  });
});

test.each(["ProxyJump", "proxycommand", "ConnectTimeout", "ServerAliveInterval", "IdentitiesOnly"])(
  "the ssh option %s may be set",
  (name) => {
    expect(complaints(option(name))).toEqual([]);
  },
);

test.each([
  ["-o", "x", '"x": is no name of an ssh option; use a name of ssh_config(5), such as ConnectTimeout'],
  ["A=b", "x", '"x": is no name of an ssh option; use a name of ssh_config(5), such as ConnectTimeout'],
  ["ProxyJump", "a\nb", '"a\\nb": is empty or holds a control character; write what ssh_config(5) says, on one line'],
  ["ProxyJump", " ", '" ": is empty or holds a control character; write what ssh_config(5) says, on one line'],
  ["ConnectTimeout", 10, "10: must be text; put it in quotes"],
])("the ssh option %s: %j is refused", (name, value, expected) => {
  expect(complaints(option(name, value))).toEqual([`ssh.options.${name}: ${expected}`]);
});

const variable = (name: string, value: unknown = "x", over: Record<string, unknown> = {}) =>
  environmentText({ environment: { [name]: value }, ...over });

describe("a variable that the app sets itself is refused, with the setting to use", () => {
  const database = "the app writes it from postgresql.*";
  const secret = "it is a secret, which comes from a Terraform variable and never stands in this file";
  const address = "the app writes it from subdomain and domain";
  const data = "the app mounts baseDirectory/data/nocodb there";
  test.each([
    ["NC_DB", database],
    ["NC_DB_JSON", database],
    ["NC_DB_JSON_FILE", database],
    ["DATABASE_URL", database],
    ["DATABASE_URL_FILE", database],
    ["NC_PUBLIC_URL", address],
    ["NC_SITE_URL", address],
    ["NC_TOOL_DIR", data],
    ["NC_APP_DATA_DIR", data],
    ["NC_ADMIN_EMAIL", "the app writes it from admin.email"],
    ["NC_ADMIN_PASSWORD", secret],
    ["NC_AUTH_JWT_SECRET", secret],
    ["NC_CONNECTION_ENCRYPT_KEY", secret],
    ["PORT", "health check and site expect NocoDB on 8080"],
  ])("%s", (name, reason) => {
    const expected = `environment.${name}: (not shown): may not be set here: ${reason}; remove the line`;
    expect(complaints(variable(name))).toEqual([expected]);
  });
});

const noVariable = "is no name of an environment variable: A-Z, 0-9 and _, beginning with a letter or _";
test.each([
  ["nc_smtp_host", `${noVariable}; did you mean NC_SMTP_HOST?`],
  ["NC SMTP", `${noVariable}; did you mean NC_SMTP?`],
  ["nc_db", `${noVariable}; use a name of NocoDB's documentation, such as NC_SMTP_HOST`],
  ["1X", `${noVariable}; use a name of NocoDB's documentation, such as NC_SMTP_HOST`],
])("the variable name %s is refused", (name, expected) => {
  expect(complaints(variable(name))).toEqual([`environment.${name}: (not shown): ${expected}`]);
});

describe("NODE_OPTIONS", () => {
  const place = "environment.NODE_OPTIONS: (not shown): asks for a heap of";
  const tooLarge = "lower --max-old-space-size, raise memory, or remove the line and let the app size it";
  test.each([
    ["--max-old-space-size=200", []],
    ["--trace-warnings", []],
    ["--max-old-space-size=512", [`${place} 512 MiB in a container of 256 MiB; ${tooLarge}`]],
    ["--max_old_space_size 256", [`${place} 256 MiB in a container of 256 MiB; ${tooLarge}`]],
    ["--max-old-space-size=200 --max-old-space-size=999", [`${place} 999 MiB in a container of 256 MiB; ${tooLarge}`]],
    [
      "--max-old-space-size=128",
      [
        `${place} 128 MiB, and NocoDB crashes under 192; raise --max-old-space-size, or remove the line and let the app size it`,
      ],
    ],
  ])("%s", (value, expected) => {
    expect(complaints(variable("NODE_OPTIONS", value))).toEqual(expected);
  });

  test("is measured against the memory that prod has by default", () => {
    expect(complaints(variable("NODE_OPTIONS", "--max-old-space-size=300"), {}, "prod")).toEqual([]);
  });
});
