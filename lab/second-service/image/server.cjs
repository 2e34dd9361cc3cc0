// Keeps notes: lines of text in a table. A new version adds a column, as a migration that an older one would not know.
const http = require("node:http");
const { Pool } = require("pg");

const { VERSION, DATABASE_URL } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL });

const routes = {
  "GET /health": async () => "ok",
  "GET /database": async () => (await pool.query("SELECT count(*) FROM notes")).rows[0].count,
  "GET /version": async () => VERSION,
  "GET /notes": async () =>
    (await pool.query("SELECT note FROM notes ORDER BY id")).rows.map((row) => row.note).join("\n"),
  "POST /notes": async (body) => void (await pool.query("INSERT INTO notes (note) VALUES ($1)", [body])) ?? "",
};

async function main() {
  await pool.query("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, note text NOT NULL)");
  if (VERSION !== "1.0.0")
    await pool.query("ALTER TABLE notes ADD COLUMN IF NOT EXISTS made timestamptz DEFAULT now()");
  const server = http.createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const route = routes[`${request.method} ${request.url}`];
    if (route === undefined) return response.writeHead(404).end();
    await route(body).then(
      (answer) => response.end(`${answer}`),
      () => response.writeHead(503).end(),
    );
  });
  server.listen(8080);
  process.on("SIGTERM", () => server.close(() => process.exit()));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
