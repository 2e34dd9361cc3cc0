import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { awks, call, scratch } from "../../support/host-shell.js";

const directory = scratch("by-hand");

describe.each(awks())("with %s", (_, first) => {
  const answered = (files: string[], words: string[], input = "") => {
    const { status, stdout, stderr } = call(files, words, { input, first });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return stdout;
  };

  describe("a site that someone else has written into a Caddyfile", () => {
    const sites = (text: string) => {
      const file = path.join(directory, "Caddyfile");
      writeFileSync(file, text);
      return answered(["block.sh", "by-hand.sh"], ["sites_by_hand", "noco.example.com", file]);
    };

    test("is found from its first to its last line, whatever stands around and in it", () => {
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

    test("is told with all of its addresses, in whatever form and over how many lines they stand", () => {
      const text = "a.example.com, http://NOCO.example.com:80,\nhttps://b.example.com/path {\n}\n";
      expect(sites(text)).toBe("1 3 a.example.com http://NOCO.example.com:80 https://b.example.com/path\n");
    });

    test("is none within the app's own marks, nor as a name that another site sends visitors to", () => {
      const own =
        "# BEGIN noco.example.com (kept by cdktf)\nnoco.example.com {\n}\n# END noco.example.com (kept by cdktf)\n";
      expect(sites(`a.example.com {\n\tredir https://noco.example.com {\n}\n}\n${own}`)).toBe("");
    });
  });

  describe("where NocoDB has its database", () => {
    const parts = (url: string) =>
      answered(["json.sh", "nocodb-by-hand.sh"], ["parts_of_url"], `${url}\n`).replace("\n", "").split("\u001f");

    test.each([
      ["pg://postgresql:5432?u=nocodb&p=a%26b&d=noco", ["pg", "postgresql", "noco", "nocodb"]],
      ["pg://10.0.0.1?user=a%20b&password=p&database=d-1&ssl=true", ["pg", "10.0.0.1", "d-1", "a b"]],
      ["postgres://me:se@cr:et@db:5433/acme?sslmode=off", ["postgres", "db", "acme", "me"]],
      ["mysql2://db:3306?u=a&d=b", ["mysql2", "db", "b", "a"]],
    ])("is read out of %s, the password left out", (url, found) => {
      expect(parts(url)).toEqual(found);
    });
  });
});
