import { TerraformLocal } from "cdktf";
import { Construct } from "constructs";
import { expect, test } from "vitest";
import { synthesize } from "../support/scope.js";

test("an address is the path of construct ids, without a hash", () => {
  const json = synthesize((stack) => {
    const nocodb = new Construct(stack, "nocodb");
    new TerraformLocal(new Construct(nocodb, "container"), "image", "nested");
    new TerraformLocal(stack, "salt", "at the top");
  });
  expect(json.locals).toEqual({ nocodb_container_image: "nested", salt: "at the top" });
});

test("the id Resource adds nothing to an address, because it is the construct itself", () => {
  const json = synthesize((stack) => {
    new TerraformLocal(new Construct(stack, "container"), "Resource", 1);
  });
  expect(json.locals).toEqual({ container: 1 });
});
