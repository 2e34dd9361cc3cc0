/** Before each file of the tier: what another one did to the host, or left on it when it failed, must not decide this one. */
import { beforeAll } from "vitest";
import { freshHost } from "../host-for-tests.js";

beforeAll(() => freshHost(() => undefined));
