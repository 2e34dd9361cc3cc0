/** A fresh host before each file of the tier, so that what another file has left on it does not affect this one. */
import { beforeAll } from "vitest";
import { freshHost } from "../host-for-tests.js";

beforeAll(() => freshHost(() => undefined));
