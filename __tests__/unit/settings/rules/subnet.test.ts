import { rejects } from "../../support/rejects.js";

const noSubnet = "is not an IPv4 subnet with a prefix from /8 to /29; write one such as 172.20.1.0/24";
rejects("networks.backend.create.subnet", (subnet) => ({ networks: { backend: { create: { subnet } } } }), [
  ["172.20.1.0", `"172.20.1.0": ${noSubnet}`],
  ["172.20.1.0/33", `"172.20.1.0/33": ${noSubnet}`],
  ["172.20.1/24", `"172.20.1/24": ${noSubnet}`],
  ["fd00::/64", `"fd00::/64": ${noSubnet}`],
  [
    "172.20.1.77/24",
    '"172.20.1.77/24": is an address inside a subnet, not its first address; did you mean 172.20.1.0/24?',
  ],
]);
