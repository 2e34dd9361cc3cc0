import { describe, expect, test } from "vitest";
import { EnvironmentVariables } from "../../../../constructs/service-container/container-variables.js";
import { GivenSecret, Secret } from "../../../../constructs/remote-host/secret.js";
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
const environment = new EnvironmentVariables(stack, "environment", {
  ...plain,
  DATABASE: Secret.join(stack, ["pg://db?p=", password]),
  OPTIONAL: new GivenSecret(stack, "key", { description: "Encrypts" }).secret,
});
const templates = {
  list: environment.forContainer,
  file: environment.asFile({ PASSWORD: password }).revealTo("standard input"),
  alone: environment.asFile().revealTo("standard input"),
};
const json = synthesized(stack);
const values = (variables: Variables) => evaluate(json, templates, variables);

const lines = Object.entries(plain).map(([name, value]) => `${name}=${value}`);

describe("the environment, as Terraform makes it", () => {
  test("reaches the container as it is", async () => {
    const { list } = await values({ password: hostile, key: hostile });
    expect(list).toEqual([...lines, `DATABASE=pg://db?p=${hostile}`, `OPTIONAL=${hostile}`]);
  });

  test("stands in the file just so, with what only the scripts get behind it", async () => {
    const { list, file, alone } = await values({ password: hostile, key: hostile });
    expect(alone).toBe((list as string[]).map((line) => `${line}\n`).join(""));
    expect(file).toBe(`${alone}PASSWORD=${hostile}\n`);
  });

  test("leaves out an optional secret that is not given, in both, and nothing else that is empty", async () => {
    const { list, alone } = await values({ password: "x" });
    expect(list).toEqual([...lines, "DATABASE=pg://db?p=x"]);
    expect(alone).not.toContain("OPTIONAL");
    expect(alone).toContain("\nEMPTY=\n");
  });
});

test("a plan shows every value, and of a secret its fingerprint", () => {
  const other = emptyStack();
  const variables = { PLAIN: "a %{b}", SECRET: secretIn(other) };
  expect(new EnvironmentVariables(other, "environment", variables).visible).toEqual({
    "env PLAIN": "a %%{b}",
    "secret SECRET": '${sha256("${random_password.salt.result}${var.token}")}',
  });
});
