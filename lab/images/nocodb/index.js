// Serves NocoDB as its official image does: the port opens at once, and the routes follow after the database migration.
const cors = require("cors");
const express = require("express");
const { Noco } = require("nocodb");

const server = express();
server.enable("trust proxy");
server.disable("etag");
server.disable("x-powered-by");
server.set("view engine", "ejs");
server.use(cors({ exposedHeaders: "xc-db-response" }));

const listening = server.listen(Number(process.env.PORT ?? 8080), async () => {
  server.use(await Noco.init({}, listening, server));
});
