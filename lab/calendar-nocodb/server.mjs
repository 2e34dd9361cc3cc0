// Runs the model as NocoDB's image runs NocoDB: settings from the environment, state in the data folder.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { CalendarNocodb } from "./model.mjs";

const { env } = process;

function options() {
  const { NC_ADMIN_EMAIL: email, NC_ADMIN_PASSWORD: password } = env;
  if (!email || !password || password.length < 8) {
    console.error("NC_ADMIN_EMAIL and NC_ADMIN_PASSWORD (8 characters or more) must be set");
    process.exit(1);
  }
  const folder = env.NC_APP_DATA_DIR ?? env.NC_TOOL_DIR;
  const old = env.MODEL_MIGRATED_FROM;
  return {
    ...{ admin: { email, password }, licensed: !!env.NC_LICENSE_KEY, twoFactor: env.MODEL_TWO_FACTOR === "true" },
    ...(env.MODEL_VERSION && { version: env.MODEL_VERSION }),
    ...(folder && { file: join(folder, "calendar-nocodb.json") }),
    ...(old && { migratedFrom: JSON.parse(readFileSync(old, "utf8")) }),
  };
}

function serve() {
  const server = createServer(new CalendarNocodb(options()).answer);
  server.listen(Number(env.PORT ?? 8080), () => console.log(JSON.stringify(server.address())));
  // As NocoDB does: no new connections, and an answer to what is under way.
  process.on("SIGTERM", () => {
    server.close(() => process.exit());
    server.closeIdleConnections();
  });
}

// The vendor's second container works on jobs and has no port.
if (env.NC_WORKER_CONTAINER === "true") {
  const alive = setInterval(() => {}, 2 ** 30);
  process.on("SIGTERM", () => clearInterval(alive));
} else serve();
