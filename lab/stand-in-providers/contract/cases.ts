import type { Case } from "./case.js";
import { settings } from "./cases-container.js";
import { life } from "./cases-life.js";
import { plain } from "./cases-plain.js";

export const cases: readonly Case[] = [...plain, ...settings, ...life];
