import { describe, expect, test } from "vitest";
import { awks, call, library } from "../../support/host-shell.js";

const functions = library("service-container/lib.sh");
const id = "f5b82cae52a36cfcfb5b3e3984ba1cd2acc51521c22cbaa538a921fde8fcf2d8";

const LOG = {
  "cgroup v1": `[19318.911526] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${id},mems_allowed=0,oom_memcg=/docker/${id},task_memcg=/docker/${id},task=node,pid=21641,uid=0`,
  "cgroup v2 and systemd": `[19318.911526] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=docker-${id}.scope,mems_allowed=0,oom_memcg=/system.slice/docker-${id}.scope,task_memcg=/system.slice/docker-${id}.scope,task=node,pid=21641,uid=0`,
  "Linux 4.19": `[19318.911526] Task in /docker/${id} killed as a result of limit of /docker/${id}`,
};

describe.each(awks())("with %s", (_, first) => {
  const killed = (line: string, after: number, container = id) => {
    const input = `[    1.000000] Linux version 6.1.0\n${line}\n[19400.000001] eth0: renamed from veth0\n`;
    const { status, stderr } = call(functions, ["kernel_killed", container, String(after)], { input, first });
    expect(stderr).toBe("");
    return status === 0;
  };

  test.each(Object.entries(LOG))("a kill is found in the kernel's log: %s", (_case, line) => {
    expect(killed(line, 19318)).toBe(true);
    expect(killed(line, -50)).toBe(true);
  });

  test("but not an earlier one, one in another container, nor one because the host has no memory left", () => {
    expect(killed(LOG["cgroup v1"], 19319)).toBe(false);
    expect(killed(LOG["cgroup v1"], 19318, id.replace("f", "0"))).toBe(false);
    const global = `[19318.911526] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=${id},mems_allowed=0,global_oom,task_memcg=/docker/${id},task=node,pid=1,uid=0`;
    expect(killed(global, 0)).toBe(false);
  });
});
