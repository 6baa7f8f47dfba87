// What `portal bench jobs` measures against on PostgreSQL: Graphile Worker with everything in batches, as its documentation does it for its own figures, and
// pg-boss with a hundred jobs fetched and completed at once. Arguments: which, and the database's address.
// Each line of the input is a number: so many jobs are added, then done, and the answer is how many seconds the doing took.
import { createInterface } from "node:readline";

const [which, url] = process.argv.slice(2);

async function graphile() {
  const { makeWorkerUtils, run, Logger } = await import("graphile-worker");
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  await utils.migrate();
  let isLast, left, began;
  const nothing = () => {
    began ??= performance.now();
    left -= 1;
    if (left === 0) isLast();
  };
  const preset = {
    worker: { connectionString: url, concurrentJobs: 24, maxPoolSize: 25, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
  };
  return async (count) => {
    const jobs = Array.from({ length: count }, (_, number) => ({ identifier: "nothing", payload: { number } }));
    for (let from = 0; from < count; from += 1_000) await utils.addJobs(jobs.slice(from, from + 1_000));
    [left, began] = [count, undefined];
    const done = new Promise((resolve) => (isLast = resolve));
    const runner = await run({ preset, taskList: { nothing }, noHandleSignals: true, logger });
    await done;
    // A job that is done has no row any more.
    const isLeft = () => utils.withPgClient((client) => client.query("SELECT 1 FROM graphile_worker._private_jobs LIMIT 1"));
    while ((await isLeft()).rowCount > 0);
    const took = performance.now() - began;
    await runner.stop();
    return took;
  };
}

async function pgBoss() {
  const { default: PgBoss } = await import("pg-boss");
  const boss = new PgBoss({ connectionString: url, max: 10, supervise: false, schedule: false });
  boss.on("error", (error) => console.error(error));
  await boss.start();
  await boss.createQueue("nothing");
  return async (count) => {
    const jobs = Array.from({ length: count }, (_, number) => ({ name: "nothing", data: { number } }));
    for (let from = 0; from < count; from += 1_000) await boss.insert(jobs.slice(from, from + 1_000));
    const began = performance.now();
    const hand = async () => {
      for (;;) {
        const fetched = await boss.fetch("nothing", { batchSize: 100 });
        if (fetched.length === 0) return;
        await boss.complete("nothing", fetched.map((job) => job.id));
      }
    };
    await Promise.all([hand(), hand(), hand(), hand()]);
    return performance.now() - began;
  };
}

const workOff = await (which === "graphile" ? graphile() : pgBoss());
for await (const line of createInterface({ input: process.stdin })) console.log((await workOff(Number(line))) / 1_000);
process.exit(0);
