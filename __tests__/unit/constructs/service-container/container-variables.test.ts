import { describe, expect, test } from "vitest";
import { Secret } from "../../../../constructs/remote-host/secret.js";
import { GivenSecret } from "../../../../constructs/secret/generated-secret.js";
import { ContainerVariables } from "../../../../constructs/service-container/container-variables.js";
import { emptyStack, secretIn, synthesized } from "../../support/scope.js";
import { evaluate, type Variables } from "../../support/terraform.js";

const plain = {
  PLAIN: "value",
  QUOTES: `'single' "double" \\ back`,
  TEMPLATE: "$HOME ${x} %{y} # & % $$",
  BLANKS: "  two  ",
  UNICODE: "zürich 東京 🗄️",
  EQUALS: "a=b=c",
  EMPTY: "",
};
const hostile = `"q" 'q' \\ $x \${y} %{z} #&% ü東 `;

const stack = emptyStack();
const password = secretIn(stack, "password");
const variables = new ContainerVariables(stack, "variables", {
  ...plain,
  DATABASE: Secret.join(stack, ["pg://db?p=", password]),
  OPTIONAL: new GivenSecret(stack, "key", { description: "Encrypts" }).secret,
});
const templates = {
  list: variables.forContainer,
  file: variables.asFile({ PASSWORD: password }).revealTo("standard input"),
  alone: variables.asFile().revealTo("standard input"),
};
const json = synthesized(stack);
const values = (given: Variables) => evaluate(json, templates, given);

const lines = Object.entries(plain).map(([name, value]) => `${name}=${value}`);

describe("the variables, as Terraform evaluates them", () => {
  test("reach the container unchanged", async () => {
    const { list } = await values({ password: hostile, key: hostile });
    expect(list).toEqual([...lines, `DATABASE=pg://db?p=${hostile}`, `OPTIONAL=${hostile}`]);
  });

  test("are in the file unchanged, with lines for the programs behind them", async () => {
    const { list, file, alone } = await values({ password: hostile, key: hostile });
    expect(alone).toBe((list as string[]).map((line) => `${line}\n`).join(""));
    expect(file).toBe(`${alone}PASSWORD=${hostile}\n`);
  });

  test("omit an optional secret that is not given, and no other empty value", async () => {
    const { list, alone } = await values({ password: "x" });
    expect(list).toEqual([...lines, "DATABASE=pg://db?p=x"]);
    expect(alone).not.toContain("OPTIONAL");
    expect(alone).toContain("\nEMPTY=\n");
  });
});

test("a plan shows every value, and for a secret its fingerprint", () => {
  const other = emptyStack();
  const shown = { PLAIN: "a %{b}", SECRET: secretIn(other) };
  expect(new ContainerVariables(other, "variables", shown).visible).toEqual({
    "env PLAIN": "a %%{b}",
    "secret SECRET": '${sha256("${random_password.salt.result}${var.token}")}',
  });
});
