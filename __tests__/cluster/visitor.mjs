// node visitor.mjs NAME: requests http://<address>:8080 at each address of a name, and prints the answers in order.
import { resolve4 } from "node:dns/promises";

const addresses = await resolve4(process.argv[2]);
const ask = async (address) => (await fetch(`http://${address}:8080`, { signal: AbortSignal.timeout(3000) })).text();
console.log((await Promise.all(addresses.map(ask))).sort().join(" "));
