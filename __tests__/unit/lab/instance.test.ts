import { expect, test } from "vitest";
import { caddyfile } from "../../../lab/caddyfile.js";
import { instanceNamed } from "../../../lab/instance.js";

test("the default instance is lab, for people", () => {
  const lab = instanceNamed(undefined, "/home/ann");
  expect(lab.containers.nocodb).toBe("lab_nocodb");
  expect(lab.baseDirectory).toBe("/home/ann/.nocodb-lab/lab/host");
  expect(lab.ports).toEqual({ ssh: 20222, http: 20080, https: 20443 });
});

test("two instances share no name, port, subnet or folder, so that both can exist at once", () => {
  const places = (name: string) => {
    const { containers, volumes, ports, frontend, backend, directory, domain } = instanceNamed(name, "/home/ann");
    const { subnet: one, name: a } = frontend;
    const { subnet: two, name: b } = backend;
    return [
      ...Object.values(containers),
      ...Object.values(volumes),
      ...Object.values(ports),
      one,
      two,
      a,
      b,
      directory,
      domain,
    ];
  };
  expect(places("lab").filter((place) => places("labtest").includes(place))).toEqual([]);
  expect(places("labtest").filter((place) => places("labtest2").includes(place))).toEqual([]);
});

test("a cluster has three machines, and its addresses and ports are its own", () => {
  const places = (name: string) => {
    const { ports, cluster, frontend, backend } = instanceNamed(name, "/home/ann");
    const { nodes, network, redis, s3 } = cluster!;
    return [
      ...nodes.flatMap(({ name, address, socket }) => [name, address, socket]),
      ...[frontend, backend, network].map(({ subnet }) => subnet),
      ...[...Object.values(ports), s3.port, s3.endpoint, redis.container, s3.container],
    ];
  };
  const all = [...places("cluster1"), ...places("cluster2")];
  expect(new Set(all).size).toBe(all.length);
  expect(instanceNamed("lab").cluster).toBeUndefined();
});

test("a cluster's Caddyfile lets the machines' gateway into the VPN: there the published ports are forwarded", () => {
  const cluster = instanceNamed("cluster1");
  expect(cluster.publishedOn).toBe("0.0.0.0");
  expect(caddyfile(cluster)).toContain("not client_ip 10.227.1.1 10.227.2.1 10.227.0.1\n");
});

test.each(["prod", "", "constructor", "../lab"])("an unknown instance is refused with the known ones: %j", (name) => {
  expect(() => instanceNamed(name)).toThrow(`There is no instance "${name}". Instances are: lab, labtest,`);
});

test("the host's Caddyfile has the snippets and the other site, and lets only the gateways into the VPN", () => {
  const text = caddyfile(instanceNamed("lab"));
  expect(text).toContain("(vpn_only) {");
  expect(text).toContain("(vpn_error_page) {");
  expect(text).toContain("local_certs");
  expect(text).toContain("\nhello.lab.localhost {");
  expect(text).toContain("not client_ip 10.220.1.1 10.220.2.1\n");
});

test("the host's Caddyfile is not formatted", () => {
  const text = caddyfile(instanceNamed("lab"));
  expect(text).toMatch(/^ {8}email/m); // blanks among tabs
  expect(text).not.toMatch(/\n$/); // no newline at the end
});
