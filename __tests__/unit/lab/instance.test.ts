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
