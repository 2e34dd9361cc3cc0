import { describe, expect, test } from "vitest";
import { complaints, environmentText, least } from "../../support/environment-text.js";

const option = (name: string, value: unknown = "x") =>
  environmentText({ ssh: { ...least.ssh, options: { [name]: value } } });

describe("an ssh option that would weaken or break the connection is refused", () => {
  const trust = "it changes how the host key is verified, and the app always verifies it";
  const sharing = "the app sets it, to share one connection among all steps";
  const noTerminal = "a deploy has no terminal and cannot answer a prompt";
  const commands = "it would break the commands that the app runs";
  const exposure = "it would open the operator's machine to the host";
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
    ["Include", "it reads more options from a file that is not checked"],
    ["UserKnownHostsFile", "use the setting ssh.knownHosts"],
    ["HostName", "use the setting ssh.host"],
    ["Host", "use the setting ssh.host"],
    ["Match", "use the setting ssh.host"],
    ["Port", "use the setting ssh.port"],
    ["User", "use the setting ssh.user"],
    ["IdentityFile", "use the setting ssh.identityFile"],
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
  ["-o", "x", '"x": is not the name of an ssh option; use a name from ssh_config(5), such as ConnectTimeout'],
  ["A=b", "x", '"x": is not the name of an ssh option; use a name from ssh_config(5), such as ConnectTimeout'],
  [
    "ProxyJump",
    "a\nb",
    '"a\\nb": is empty or contains a control character; write a value from ssh_config(5), on one line',
  ],
  ["ProxyJump", " ", '" ": is empty or contains a control character; write a value from ssh_config(5), on one line'],
  ["ConnectTimeout", 10, "10: must be text; put it in quotes"],
])("the ssh option %s: %j is refused", (name, value, expected) => {
  expect(complaints(option(name, value))).toEqual([`ssh.options.${name}: ${expected}`]);
});
