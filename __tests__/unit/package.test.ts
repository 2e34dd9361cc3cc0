import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";

const require = createRequire(import.meta.url);

/** The command cdktf runs Terraform in a terminal of its own; both packages below load the module that makes it. */
const users = ["cdktf-cli", "@cdktf/cli-core"];
const terminalOf = (user: string) => {
  const from = createRequire(require.resolve(`${user}/package.json`));
  return from.resolve("@cdktf/node-pty-prebuilt-multiarch");
};

test.each(users)("the terminal of %s works with every Node.js version", (user) => {
  const binary = `@lydell/node-pty-${process.platform}-${process.arch}/pty.node`;
  // A binary for Node-API needs no other one for the next version of Node.js.
  const text = readFileSync(createRequire(terminalOf(user)).resolve(binary), "latin1");
  expect(text).toContain("napi_register_module_v1");
  expect(text).not.toContain("node_module_register");
});

test.each(users)("the terminal of %s runs a command and passes on its exit code", async (user) => {
  const child = require(terminalOf(user)).spawn("sh", ["-c", "exit 7"], {});
  const code = await new Promise((resolve) => {
    child.onExit(({ exitCode }: { exitCode: number }) => resolve(exitCode));
  });
  expect(code).toBe(7);
});
