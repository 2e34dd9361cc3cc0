import { least } from "../../support/environment-text.js";
import { rejects } from "../../support/rejects.js";

const ssh = (over: Record<string, unknown>) => ({ ssh: { ...least.ssh, ...over } });

const sshPort = "must be a whole number from 1 to 65535; set the port that sshd listens on";
rejects("ssh.port", (port) => ssh({ port }), [
  [0, `0: ${sshPort}`],
  [-22, `-22: ${sshPort}`],
  [65536, `65536: ${sshPort}`],
  [22.5, `22.5: ${sshPort}`],
]);
rejects("postgresql.port", (port) => ({ postgresql: { port } }), [
  [0, "0: must be a whole number from 1 to 65535; set the port that PostgreSQL listens on"],
]);

const share = "must be between 0.01 and 256; set how many processors the container may use, such as 0.5";
rejects("cpus", (cpus) => ({ cpus }), [
  [0, `0: ${share}`],
  [-1, `-1: ${share}`],
  [0.001, `0.001: ${share}`],
  [1000, `1000: ${share}`],
  [
    0.05,
    "0.05: is not read back as itself by the docker provider, so every plan would replace the container; set a number with one digit after the point, such as 0.5",
  ],
]);

const count = "must be a whole number from 1 to 1000; set how many backups to keep, such as 7";
rejects("backups.keep", (keep) => ({ backups: { keep } }), [
  [0, `0: ${count}`],
  [2.5, `2.5: ${count}`],
  [1001, `1001: ${count}`],
]);

const proxies =
  "must be a whole number from 0 to 10; set 1 if only Caddy is in front of NocoDB, one more for each proxy before it, or 0 to trust none";
rejects("trustedProxies", (trustedProxies) => ({ trustedProxies }), [
  [-1, `-1: ${proxies}`],
  [1.5, `1.5: ${proxies}`],
  [11, `11: ${proxies}`],
]);
