import { createHash } from "node:crypto";
import { Resource } from "@cdktf/provider-null/lib/resource/index.js";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../constructs/remote-host/secret.js";
import { GeneratedSecret, GivenSecret } from "../../../../constructs/secret/generated-secret.js";
import { block, emptyStack, synthesize, synthesized } from "../../support/scope.js";
import { evaluate, type Variables } from "../../support/terraform.js";

describe("a generated secret", () => {
  const json = synthesize((stack) => {
    const description = "Signs sessions";
    const { secret } = new GeneratedSecret(new Construct(stack, "nocodb"), "jwt_secret", { description, minLength: 8 });
    new Resource(stack, "step").addOverride("provisioner", [{ with: secret.revealTo("standard input") }]);
  });

  test("is generated once: 40 letters and digits", () => {
    expect(block(json, "random_password.nocodb_jwt_secret")).toMatchObject({ length: 40, special: false });
  });

  test("may be given by a sensitive variable with the name of its address", () => {
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

  test("may have another length", () => {
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

// The rest is computed by Terraform itself, from the expressions behind a secret.

const stack = emptyStack();
const generated = new GeneratedSecret(stack, "password", { description: "Opens", minLength: 8 }).secret;
const given = new GivenSecret(stack, "key", { description: "Encrypts" }).secret;
const url = Secret.join(stack, ["pg://db:5432?u=nocodb&p=", generated.urlEncoded(), '&d=${x} %{y} "q" \\']);
const templates = {
  generated: generated.revealTo("standard input"),
  given: given.revealTo("standard input"),
  url: url.revealTo("container variables"),
  fingerprint: generated.fingerprint,
  urlFingerprint: url.fingerprint,
};
const json = synthesized(stack);
const values = (variables: Variables = {}) => evaluate(json, templates, variables);

/** Every printable ASCII character, texts with a meaning for shells and templates, and characters beyond ASCII. */
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join("");
const hostile = [ascii, '\'; DROP TABLE x; -- "$(id)" \\', "  blanks  ", "${var.key} %{ if true }", "žluťoučký 東京 🗝️"];

test("a secret that is not given is the generated one", async () => {
  expect(await values()).toMatchObject({ generated: "generated-password", given: "" });
});

test.each(hostile)("a given secret is used unchanged: %j", async (password) => {
  const result = await values({ password, key: password });
  expect(result).toMatchObject({ generated: password, given: password });
  const parameters = new URL(result.url as string).searchParams;
  expect([parameters.get("u"), parameters.get("p"), parameters.get("d")]).toEqual([
    "nocodb",
    password,
    '${x} %{y} "q" \\',
  ]);
});

test("a fingerprint is the salted SHA-256 of the value", async () => {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const result = await values({ password: ascii });
  expect(result.fingerprint).toBe(sha256(`generated-salt${ascii}`));
  expect(result.urlFingerprint).toBe(sha256(`generated-salt${result.url}`));
});

describe("the plan refuses a secret", () => {
  test("that is too short, and says where to give a longer one", async () => {
    await expect(values({ password: "seven77" })).rejects.toThrow(
      "variable password: shorter than 8 characters. Give a longer value in TF_VAR_password, or none at all.",
    );
  });

  test.each(["two\nlines", "a\tb", "a\u0000b".replace("\u0000", "\u0007"), "a\u007fb"])(
    "with a control character: %j",
    async (key) => {
      await expect(values({ key })).rejects.toThrow(
        "variable key: holds a line break or another control character. Give printable characters in TF_VAR_key.",
      );
    },
  );

  test("without printing it", async () => {
    const error = await values({ password: "s3cret\n!" }).catch((reason: Error) => reason.message);
    expect(error).toContain("variable password");
    expect(error).not.toContain("s3cret");
  });

  test("but not if it is long enough, or empty", async () => {
    expect(await values({ password: "eight888", key: "k" })).toMatchObject({ generated: "eight888", given: "k" });
    expect(await values({ password: "" })).toMatchObject({ generated: "generated-password" });
  });
});
