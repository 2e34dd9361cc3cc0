import { BEGINNING } from "../e2e/interrupted-deployment.js";

export const OPTIONS = "--max-old-space-size=384";

/** Settings of the deployment: memory enough for a browser's many requests at once. */
export const SETTINGS = { ...BEGINNING, memory: "512M", "variables.NODE_OPTIONS": OPTIONS };
