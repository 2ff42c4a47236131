import { randomUUID, createHash } from 'node:crypto'
import PgBoss from 'pg-boss'
import pg from 'pg'

const queue = 'timer'
const loops = 4
const perFetch = 500

// An id that the next action finds again: pg-boss cancels by id.
const idOf = key => {
  const hex = createHash('md5').update(key).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`
}

// pg-boss, fetching by hand in large batches: its own worker() rests half a second between two looks.
export async function pgboss(url, clients) {
  const boss = new PgBoss({ connectionString: url, max: clients + 4, supervise: false, schedule: false })
  boss.on('error', error => console.error(error))
  await boss.start()

  return {
    async prepare(pending) {
      await boss.createQueue(queue)
      const pool = new pg.Pool({ connectionString: url })
      await pool.query(
        `insert into pgboss.job (name, data, start_after, policy, keep_until)
         select $2, '{"n": -1}', now() + interval '2 days' + n * interval '1 second', 'standard',
           now() + interval '90 days'
         from generate_series(1, $1::int) n`,
        [pending, queue]
      )
      await pool.query('analyze pgboss.job')
      await pool.end()
    },
    set: (n, due) => boss.send(queue, { n }, { startAfter: due, id: idOf(`one-${n}`) }),
    setMany: timers =>
      boss.insert(timers.map(({ n, due }) => ({ name: queue, id: randomUUID(), data: { n }, startAfter: due }))),
    cancel: n => boss.cancel(queue, idOf(`one-${n}`)),
    async listen(heard) {
      let running = true
      const loop = async () => {
        while (running) {
          const jobs = await boss.fetch(queue, { batchSize: perFetch })
          for (const job of jobs) heard(job.data.n)
          if (jobs.length > 0) await boss.complete(queue, jobs.map(job => job.id))
          else await new Promise(resolve => setTimeout(resolve, 100))
        }
      }
      const all = Promise.all(Array.from({ length: loops }, loop))
      return async () => {
        running = false
        await all
      }
    },
    end: () => boss.stop({ graceful: false, wait: false }),
  }
}
