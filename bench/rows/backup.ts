import { sql } from "../ground.js";
import { alternating, type Command, succeeding } from "../measure.js";
import type { Row } from "../row.js";

/** Backup and restore of a database of 1 GB, against pg_dump and pg_restore alone. */
export const backup: Row = {
  name: "backup",
  async measure({ instance, product, rounds }) {
    const { postgresql } = instance.containers;
    const inside = (command: string): Command => ({
      line: `docker exec ${postgresql} sh -ec '${command}'`,
      ...{ cwd: instance.directory, timeoutSeconds: 900 },
    });
    const restore = "pg_restore -U postgres -d bench_restore --exit-on-error /tmp/bench.dump";
    await fill((statement) => sql(instance, statement, "nocodb"));
    const times = await alternating(Math.min(rounds, 3), {
      dump: () => succeeding(inside("pg_dump -U postgres -Fc -d nocodb >/tmp/bench.dump")),
      backup: () => succeeding(product.host("backup create")),
      load: async () => {
        await sql(instance, "DROP DATABASE IF EXISTS bench_restore WITH (FORCE)");
        await sql(instance, "CREATE DATABASE bench_restore");
        return succeeding(inside(restore));
      },
      restore: () => succeeding(product.host("backup restore", "--discard", "--yes")),
    });
    await succeeding(inside("rm /tmp/bench.dump"));
    await sql(instance, "DROP DATABASE bench_restore WITH (FORCE)");
    await sql(instance, "DROP TABLE bench_rows", "nocodb");
    return [
      { what: "backup of 1 GB", product: times.backup, floor: { name: "pg_dump", samples: times.dump }, peers: {} },
      {
        what: "restore of 1 GB, with the deploy after it",
        ...{ product: times.restore, floor: { name: "pg_restore", samples: times.load }, peers: {} },
      },
    ];
  },
};

/** One table of 1 GB; half of its bytes are random. */
async function fill(run: (statement: string) => Promise<string>): Promise<void> {
  await run("DROP TABLE IF EXISTS bench_rows");
  await run("CREATE TABLE bench_rows (id bigint PRIMARY KEY, words text)");
  // Eight digests a row: 293 bytes with the header of the row, and 3.4 million rows.
  const words = Array(8).fill("md5(random()::text)").join(" || ");
  await run(`INSERT INTO bench_rows SELECT n, ${words} FROM generate_series(1, 3400000) AS n`);
  await run("ALTER TABLE bench_rows OWNER TO nocodb");
}
