import { expect, test } from "vitest";
import { instanceNamed } from "../../../lab/instance.js";
import { knownHostsLine, sshCommand } from "../../../lab/ssh.js";

test("a known host is the address with its port, the key's type and the key, without the comment", () => {
  expect(knownHostsLine(20222, "ssh-ed25519 AAAAC3Nz root@lab-host\n")).toBe(
    "[127.0.0.1]:20222 ssh-ed25519 AAAAC3Nz\n",
  );
});

test("an invalid public key is refused, so that no unknown key is ever trusted", () => {
  expect(() => knownHostsLine(20222, "\n")).toThrow("not a public key");
});

test("ssh trusts only the known key, asks nothing, and uses only the instance's identity", () => {
  const lab = instanceNamed("lab", "/home/ann");
  const command = sshCommand(lab);
  expect(command).toContain("StrictHostKeyChecking=yes");
  expect(command).toContain(`UserKnownHostsFile=${lab.knownHosts}`);
  expect(command).toContain("BatchMode=yes");
  expect(command).toContain("IdentitiesOnly=yes");
  expect(command.at(-1)).toBe("deploy@127.0.0.1");
});
