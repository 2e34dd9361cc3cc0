/** While a file runs, no other worker uses its host. */
import { afterAll, beforeAll } from "vitest";
import { testInstance } from "../lab/instance.js";
import { hold } from "../lab/lock.js";

let release: () => Promise<void> = async () => undefined;
beforeAll(async () => {
  release = await hold(`worker-${testInstance().name}`, console.log);
});
afterAll(() => release());
