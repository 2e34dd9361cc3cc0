// node each-replica.mjs NAME: does something at the first address of a name, and looks at it at each. ADMIN_EMAIL,
// ADMIN_PASSWORD and TOKEN, of a consumer, are in the env. Prints JSON: a list, with an object for each address.
import { resolve4 } from "node:dns/promises";

const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password, TOKEN: token } = process.env;
const addresses = await resolve4(process.argv[2]);
const [first] = addresses;

async function ask(address, path, credential, body, method = body === undefined ? "GET" : "POST") {
  const form = body instanceof FormData;
  const headers = { ...credential, ...(body && !form && { "content-type": "application/json" }) };
  const sent = body === undefined ? {} : { body: form ? body : JSON.stringify(body) };
  const answer = await fetch(`http://${address}:8080${path}`, { method, headers, ...sent });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} at ${address}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

const { token: session } = await ask(first, "/api/v1/auth/user/signin", {}, { email, password });
const admin = { "xc-auth": session };
const base = (await ask(first, "/api/v2/meta/bases", admin)).list[0];
const columns = [
  { column_name: "id", title: "Id", uidt: "ID" },
  { column_name: "title", title: "Title", uidt: "SingleLineText", pv: true },
  { column_name: "file", title: "File", uidt: "Attachment" },
];
const name = `files_${Date.now()}`;
const table = await ask(first, `/api/v2/meta/bases/${base.id}/tables`, admin, {
  table_name: name,
  title: name,
  columns,
});
const records = `/api/v2/tables/${table.id}/records`;
const form = new FormData();
form.append("files", new Blob(["what was uploaded"], { type: "text/plain" }), "note.txt");
const File = await ask(first, "/api/v2/storage/upload?path=tests", admin, form);
await ask(first, records, admin, { Title: "one", File });
// Each replica has the table in its memory, if it keeps tables there.
for (const address of addresses) await ask(address, records, admin);
await ask(
  first,
  `/api/v2/meta/tables/${table.id}`,
  admin,
  { table_name: `${name}_renamed`, title: `${name} renamed` },
  "PATCH",
);
await ask(first, records, admin, { Id: 1, Title: "two" }, "PATCH");

const seen = addresses.map(async (address) => {
  const me = await ask(address, "/api/v1/auth/user/me", admin);
  const bases = await ask(address, "/api/v2/meta/bases", { "xc-token": token });
  const renamed = await ask(address, `/api/v2/meta/tables/${table.id}`, admin);
  const { list } = await ask(address, records, admin);
  const { signedUrl, url } = list[0].File[0];
  const file = await fetch(signedUrl ?? url);
  return {
    session: me.email === email,
    token: bases.list.length > 0,
    renamed: renamed.title === `${name} renamed`,
    row: list[0].Title,
    attachment: file.ok ? await file.text() : `${file.status}`,
  };
});
console.log(JSON.stringify(await Promise.all(seen)));
await ask(first, `/api/v2/meta/tables/${table.id}`, admin, undefined, "DELETE");
