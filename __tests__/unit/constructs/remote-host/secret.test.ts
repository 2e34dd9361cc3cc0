import { inspect } from "node:util";
import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { GeneratedSecret, GivenSecret, Secret } from "../../../../constructs/remote-host/secret.js";
import { shellWord } from "../../../../constructs/remote-host/shell-word.js";
import { block, emptyStack, hostIn, secretIn, synthesize } from "../../support/scope.js";

describe("a secret refuses to become text", () => {
  const secret = secretIn(emptyStack());
  const text = "A secret was put into a text. Use Secret.join: the text is then secret as a whole.";

  test.each<[string, () => unknown]>([
    ["in a template literal", () => `password=${secret}`],
    ["by String()", () => String(secret)],
    ["in a list that is joined", () => ["password", secret].join("=")],
  ])("%s", (_, become) => {
    expect(become).toThrow(text);
  });

  test("in JSON", () => {
    expect(() => JSON.stringify({ password: secret })).toThrow(
      "A secret was put into JSON: only the environment of a container and host scripts take secrets.",
    );
  });

  test("in a log: not even the expression is printed", () => {
    expect(inspect(secret, { depth: 9, showHidden: true })).not.toContain("token");
  });
});

describe("a secret is no string for the compiler, and what slips past it does not reach the JSON", () => {
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

  test("as a requirement, which stands on the probe's command line", () => {
    expect(() =>
      synthesize((stack) => {
        // @ts-expect-error: a requirement is text
        hostIn(stack).require(secretIn(stack));
      }),
    ).toThrow();
  });

  test("as input of a step that is not declared secret", () => {
    const stack = emptyStack();
    const input = { token: secretIn(stack) };
    // @ts-expect-error: input stands in the plan
    const provision = () => hostIn(stack).provisioner(["a.sh"], input);
    expect(JSON.stringify(input.token.optional)).toBe("true");
    expect(() => JSON.stringify(provision())).toThrow("A secret was put into JSON");
  });

  test("by revealing it to a sink that does not exist", () => {
    const secret = secretIn(emptyStack());
    // @ts-expect-error: only standard input and a container's environment take secrets
    const reveal = () => secret.revealTo("log");
    expect(reveal).toBeTypeOf("function");
  });

  test("by reading its expression", () => {
    const secret = secretIn(emptyStack());
    // @ts-expect-error: there is no such property to read
    expect(secret.template).toBeUndefined();
  });
});

describe("a generated secret", () => {
  const json = synthesize((stack) => {
    const description = "Signs sessions";
    const { secret } = new GeneratedSecret(new Construct(stack, "nocodb"), "jwt_secret", { description, minLength: 8 });
    new Resource(stack, "step").addOverride("provisioner", [{ with: secret.revealTo("standard input") }]);
  });

  test("is made once, of letters and digits, 40 of them", () => {
    expect(block(json, "random_password.nocodb_jwt_secret")).toMatchObject({ length: 40, special: false });
  });

  test("may be given by a sensitive variable named like its address", () => {
    expect(json.variable.nocodb_jwt_secret).toMatchObject({
      type: "string",
      description: "Signs sessions",
      sensitive: true,
      nullable: false,
      default: "",
    });
  });

  test("has its expression once in the JSON", () => {
    const expression = "${coalesce(var.nocodb_jwt_secret, random_password.nocodb_jwt_secret.result)}";
    expect(json.locals).toEqual({ nocodb_jwt_secret: expression });
    expect(block(json, "null_resource.step").provisioner).toEqual([{ with: "${local.nocodb_jwt_secret}" }]);
  });

  test("may be of another length", () => {
    const short = synthesize((stack) => void new GeneratedSecret(stack, "pin", { description: "Opens", length: 16 }));
    expect(block(short, "random_password.pin")).toMatchObject({ length: 16 });
  });
});

describe("a given secret", () => {
  test("is never generated, and is optional", () => {
    const stack = emptyStack();
    expect(new GivenSecret(stack, "key", { description: "Encrypts" }).secret.optional).toBe(true);
    const json = synthesize((other) => void new GivenSecret(other, "key", { description: "Encrypts" }));
    expect(JSON.stringify(json)).not.toContain("random_password");
    expect(json.variable.key).toMatchObject({ sensitive: true, default: "" });
  });
});

describe("a fingerprint", () => {
  test("is salted, with one salt a stack that stays in the state", () => {
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
