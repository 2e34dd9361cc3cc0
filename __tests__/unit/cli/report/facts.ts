import type { Facts } from "../../../../cli/report/facts.js";

const time = "2026-11-29T05:00:00.000Z";

/** The facts of an environment that has something to fix, with other ones over them. */
export function facts(over: Partial<Facts> = {}): Facts {
  const fix = "npx cdktf deploy prod";
  return {
    status: {
      ...{ environment: "prod", host: "deploy@docker.example.com", time, result: "wrong", cause: null },
      rows: [
        { name: "container", result: "ok", detail: "running for 3 days", fix: "" },
        { name: "image", result: "wrong", detail: "an <old> image", fix },
        { name: "health", result: "unknown", detail: "container exited", fix: "" },
      ],
    },
    history: Array.from({ length: 25 }, (_, index) => event(index)),
    usage: [300, 310, null, 320].map((memory, index) => ({
      time: `2026-11-29T0${index}:00:00.000Z`,
      ...{ memory, limit: 512, diskSize: 40_000, diskUsed: 20_000 },
    })),
    ...over,
  };
}

function event(index: number): Facts["history"][number] {
  const changed = `change ${index} of a site with a name that is long enough to need several lines on a phone`;
  const common = { time, event: "deploy", seconds: 31, origin: "jane@laptop", image: "nocodb/nocodb:2026.10.1" };
  return { ...common, result: index === 3 ? "failed" : "done", run: index === 0 ? "run-7" : null, changed };
}
