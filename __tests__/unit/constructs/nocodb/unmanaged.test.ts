import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { awks, call, library, scratch } from "../../support/host-shell.js";

const directory = scratch("unmanaged");
const caddyfile = library("caddy-site/unmanaged.sh");
const adoption = library("adopt/inspect.sh");

describe.each(awks())("with %s", (_, first) => {
  const answered = (functions: string, words: string[], input = "") => {
    const { status, stdout, stderr } = call(functions, words, { input, first });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  };

  describe("a site that someone else has written into a Caddyfile", () => {
    const sites = (text: string) => {
      const file = path.join(directory, "Caddyfile");
      writeFileSync(file, text);
      return answered(caddyfile, ["unmanaged_sites", "noco.example.com", file]);
    };

    test("is found from its first to its last line, whatever is around and in it", () => {
      const text = `{
	email me@example.com
}
(snippet) {
	respond "}" {$STATUS}
}
a.example.com {
	respond "{
}" 200 # }
	respond \`{\`
	respond <<TEXT
		}
		TEXT 200
}
# noco.example.com {
noco.example.com {
	header {
		-Server
	}
}
noco.example.community {
}
`;
      expect(sites(text)).toBe("16 20 noco.example.com\n");
    });

    test("is reported with all of its addresses, in any form and over any number of lines", () => {
      const text = "a.example.com, http://NOCO.example.com:80,\nhttps://b.example.com/path {\n}\n";
      expect(sites(text)).toBe("1 3 a.example.com http://NOCO.example.com:80 https://b.example.com/path\n");
    });

    test("is not found within the app's own marks, nor as a name to which another site redirects", () => {
      const own =
        "# BEGIN noco.example.com (kept by cdktf)\nnoco.example.com {\n}\n# END noco.example.com (kept by cdktf)\n";
      expect(sites(`a.example.com {\n\tredir https://noco.example.com {\n}\n}\n${own}`)).toBe("");
    });
  });

  describe("the database of an unmanaged NocoDB", () => {
    const parts = (url: string) => answered(adoption, ["parts_of_url"], `${url}\n`).replace("\n", "").split("\u001f");

    test.each([
      ["pg://postgresql:5432?u=nocodb&p=a%26b&d=noco", ["pg", "postgresql", "noco", "nocodb"]],
      ["pg://10.0.0.1?user=a%20b&password=p&database=d-1&ssl=true", ["pg", "10.0.0.1", "d-1", "a b"]],
      ["postgres://me:se@cr:et@db:5433/acme?sslmode=off", ["postgres", "db", "acme", "me"]],
      ["mysql2://db:3306?u=a&d=b", ["mysql2", "db", "b", "a"]],
    ])("is read from %s, without the password", (url, found) => {
      expect(parts(url)).toEqual(found);
    });
  });
});
