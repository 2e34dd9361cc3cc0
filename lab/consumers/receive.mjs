// Loaded before call.mjs by n8n's container: answers every webhook on port 5678 with 200, and prints one line for it, as n8n
// lists its executions. NocoDB's webhook nodes in n8n have such addresses: http://n8n:5678/webhook/NAME.
import { createServer } from "node:http";

const PORT = Number(process.env.WEBHOOK_PORT ?? 5678);
/** Characters of a body that are printed at most. */
const MOST = 4000;

createServer((request, response) => {
  const body = [];
  request.on("data", (data) => body.push(data));
  request.on("end", () => {
    const text = Buffer.concat(body)
      .toString()
      .replace(/\s*\n\s*/g, " ")
      .slice(0, MOST);
    console.log(`${new Date().toISOString()} ${request.method} ${request.url}: ${text}`);
    response.writeHead(200, { "content-type": "application/json" }).end('{"message":"Workflow was started"}');
  });
}).listen(PORT);
