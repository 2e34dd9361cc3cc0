import { inspect } from "node:util";
import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../constructs/remote-host/secret.js";
import { shellWord } from "../../../../constructs/remote-host/shell-word.js";
import { block, emptyStack, hostIn, secretIn, synthesize } from "../../support/scope.js";

describe("a secret refuses to become text", () => {
  const secret = secretIn(emptyStack());
  const text = "A secret was put into a text. Use Secret.join, which makes the whole text a secret.";

  test.each<[string, () => unknown]>([
    ["in a template literal", () => `password=${secret}`],
    ["by String()", () => String(secret)],
    ["in a list that is joined", () => ["password", secret].join("=")],
  ])("%s", (_, become) => {
    expect(become).toThrow(text);
  });

  test("in JSON", () => {
    expect(() => JSON.stringify({ password: secret })).toThrow(
      "A secret was put into JSON: only the variables of a container and the input of host scripts may hold secrets.",
    );
  });

  test("in a log: not even the expression is printed", () => {
    expect(inspect(secret, { depth: 9, showHidden: true })).not.toContain("token");
  });
});

describe("a secret is not a string for the compiler, and does not reach the JSON past it", () => {
  test("as a trigger", () => {
    const json = synthesize((stack) => {
      // @ts-expect-error: a trigger takes text
      new Resource(stack, "step", { triggers: { token: secretIn(stack) } });
    });
    expect(JSON.stringify(block(json, "null_resource.step"))).not.toContain("var.token");
  });

  test("as a label or an argument of a command", () => {
    const secret = secretIn(emptyStack());
    // @ts-expect-error: a command line takes text
    expect(() => shellWord(secret)).toThrow();
  });

  test("as a requirement, which is on the probe's command line", () => {
    expect(() =>
      synthesize((stack) => {
        // @ts-expect-error: a requirement is text
        hostIn(stack).require(secretIn(stack));
      }),
    ).toThrow();
  });

  test("as input of a step that is not declared secret", () => {
    const stack = emptyStack();
    const rest = { key: "", status: "", path: "", owner: "", mode: "", unchanging: "" };
    const input = { ...rest, content: secretIn(stack) };
    // @ts-expect-error: input is shown in the plan
    const provision = () => hostIn(stack).provisioner("host-file/apply", input);
    expect(JSON.stringify(input.content.optional)).toBe("true");
    expect(() => JSON.stringify(provision())).toThrow("A secret was put into JSON");
  });

  test("by revealing it to a sink that does not exist", () => {
    const secret = secretIn(emptyStack());
    // @ts-expect-error: only standard input and a container's variables take secrets
    const reveal = () => secret.revealTo("log");
    expect(reveal).toBeTypeOf("function");
  });

  test("by reading its expression", () => {
    const secret = secretIn(emptyStack());
    // @ts-expect-error: there is no such property to read
    expect(secret.template).toBeUndefined();
  });
});

describe("a fingerprint", () => {
  test("is salted, with one salt per stack that stays in the state", () => {
    const json = synthesize((stack) => {
      const [a, b] = [secretIn(stack, "a"), secretIn(stack, "b")];
      new Resource(stack, "step", { triggers: { a: a.fingerprint, b: b.fingerprint } });
    });
    expect(block(json, "null_resource.step").triggers).toEqual({
      a: '${sha256("${random_password.salt.result}${var.a}")}',
      b: '${sha256("${random_password.salt.result}${var.b}")}',
    });
    expect(Object.keys(json.resource.random_password!)).toEqual(["salt"]);
  });

  test("of a joined text covers the whole text", () => {
    const stack = emptyStack();
    expect(Secret.join(stack, ["u=nocodb&p=", secretIn(stack)]).fingerprint).toContain("u=nocodb&p=");
  });
});
