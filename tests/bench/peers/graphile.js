import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import pg from 'pg'

const silent = new Logger(() => () => {})

// graphile-worker, with the local queue and the batched completion that its guide to performance advises.
export async function graphile(url, clients) {
  const pool = new pg.Pool({ connectionString: url, max: clients + 4 })
  pool.on('error', error => console.error(error))
  pool.on('connect', client => client.on('error', error => console.error(error)))
  const utils = await makeWorkerUtils({ pgPool: pool, logger: silent })

  return {
    async prepare(pending) {
      await utils.migrate()
      await utils.addJob('timer', { n: -1 }, { runAt: new Date(Date.now() + 1e9) })
      await pool.query(
        `insert into graphile_worker._private_jobs (task_id, payload, run_at, key)
         select (select id from graphile_worker._private_tasks where identifier = 'timer'), '{"n": -1}',
           now() + interval '2 days' + n * interval '1 second', 'pending-' || n
         from generate_series(1, $1::int) n`,
        [pending]
      )
      await pool.query('analyze graphile_worker._private_jobs')
    },
    set: (n, due) => utils.addJob('timer', { n }, { runAt: due, jobKey: `one-${n}` }),
    setMany: (timers, prefix) =>
      utils.addJobs(
        timers.map(({ n, due }) => ({
          identifier: 'timer',
          payload: { n },
          runAt: due,
          jobKey: `${prefix}-${n}`,
        }))
      ),
    cancel: n => pool.query('select graphile_worker.remove_job($1)', [`one-${n}`]),
    async listen(heard) {
      const runner = await run({
        pgPool: pool,
        logger: silent,
        noHandleSignals: true,
        taskList: { timer: async ({ n }) => heard(n) },
        preset: {
          worker: {
            concurrentJobs: 50,
            pollInterval: 100,
            maxPoolSize: clients + 4,
            completeJobBatchDelay: 0,
            failJobBatchDelay: 0,
            localQueue: { size: 500 },
          },
        },
      })
      return () => runner.stop()
    },
    async end() {
      await utils.release()
      await pool.end()
    },
  }
}
