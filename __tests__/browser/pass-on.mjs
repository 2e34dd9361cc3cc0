// node pass-on.mjs ARGUMENT…: passes on connections at LAB_PORT to LAB_SOCKET while Chromium runs. Chromium is told what to
// do through the file descriptors 3 and 4.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";

const { LAB_PORT, LAB_SOCKET } = process.env;

createServer((connection) => {
  const passed = connect(LAB_SOCKET);
  connection.pipe(passed).pipe(connection);
  connection.on("error", () => passed.destroy());
  passed.on("error", () => connection.destroy());
}).listen(Number(LAB_PORT), "127.0.0.1", () => {
  const chromium = spawn("/usr/bin/chromium", process.argv.slice(2), { stdio: [0, 1, 2, 3, 4] });
  chromium.on("exit", (code) => process.exit(code ?? 1));
});
