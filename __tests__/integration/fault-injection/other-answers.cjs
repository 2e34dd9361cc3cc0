// A proxy for a NocoDB that changes some of its answers.
//
//   node -e "$(cat other-answers.cjs)" BEHIND    the name of NocoDB's container
//
// PUT /it sets the answers by their requests: regular expressions for `METHOD PATH HEADER`, where HEADER is that of the
// credential. An answer has a status and a body, or changes NocoDB's own (`replaces`, `pretty`), or ends the connection
// before the answer or within it (`breaks`).
const { createServer } = require("node:http");

const behind = process.argv[1];
let answers = {};

async function answer(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const path = request.url.replace(/\?.*/, "");
  if (path === "/it") {
    answers = JSON.parse(body);
    response.end();
    return;
  }
  const { "xc-auth": session, "xc-token": token } = request.headers;
  const credential = session ? "xc-auth" : token ? "xc-token" : "";
  const asked = `${request.method} ${path} ${credential}`;
  const other = Object.entries(answers).find(([question]) => new RegExp(`^${question}`).test(asked))?.[1] ?? {};
  if (other.breaks === "before") response.destroy();
  else if (other.status) response.writeHead(other.status, { "content-type": "text/html" }).end(other.body);
  else {
    const headers = {
      "content-type": "application/json",
      ...(session && { "xc-auth": session }),
      ...(token && { "xc-token": token }),
    };
    const own = await fetch(`http://${behind}:8080${request.url}`, {
      method: request.method,
      headers,
      body: body || undefined,
    });
    let text = await own.text();
    for (const [from, to] of other.replaces ?? []) text = text.replace(new RegExp(from, "g"), to);
    if (other.pretty) text = JSON.stringify(JSON.parse(text), null, 2).replaceAll("\n", "\r\n");
    if (other.breaks === "within") {
      response.writeHead(own.status, { "content-length": text.length + 1 }).write(text, () => response.destroy());
      return;
    }
    response.writeHead(own.status, { "content-type": "application/json" }).end(text);
  }
}

// NocoDB may not have started yet.
createServer((request, response) => answer(request, response).catch(() => response.writeHead(502).end())).listen(8080);
