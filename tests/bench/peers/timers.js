// What the timer benchmark asks of its peers, each driven the fastest way its documentation knows:
//   node timers.js graphile|pgboss POSTGRES_URL prepare|set|set-many|cancel|fire|lateness COUNT
// Answers with one line of JSON. A benchmark process runs one action after the other, in turn with ours.
import { setTimeout as sleep } from 'node:timers/promises'
import { graphile } from './graphile.js'
import { pgboss } from './pgboss.js'

const clients = 8
const perBatch = 100
const pending = 1_000_000
const far = () => new Date(Date.now() + 30 * 24 * 3600 * 1000)

// Runs `work(i)` for i below `count`, so many at a time as a service has clients.
async function concurrently(count, work) {
  let next = 0
  const client = async () => {
    while (next < count) await work(next++)
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: clients }, client))
  return count / ((performance.now() - began) / 1000)
}

const batches = (count, dueOf) =>
  Array.from({ length: Math.ceil(count / perBatch) }, (_, batch) =>
    Array.from({ length: Math.min(perBatch, count - batch * perBatch) }, (_, i) => {
      const n = batch * perBatch + i
      return { n, due: dueOf(n) }
    })
  )

// Handles `count` timers and calls `heard(n)` for each.
async function listen(peer, count, heard) {
  let seen = 0
  let done
  const finished = new Promise(resolve => (done = resolve))
  const stop = await peer.listen(n => {
    heard(n)
    if (++seen === count) done()
  })
  return { finished, stop }
}

const percentile = (values, part) =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(part * values.length))]

const actions = {
  async prepare(peer) {
    await peer.prepare(pending)
    return {}
  },

  async set(peer, count) {
    return { perSecond: await concurrently(count, n => peer.set(n, far())) }
  },

  async 'set-many'(peer, count) {
    const all = batches(count, far)
    return { perSecond: perBatch * (await concurrently(all.length, n => peer.setMany(all[n], 'many'))) }
  },

  // Those of `set`.
  async cancel(peer, count) {
    return { perSecond: await concurrently(count, n => peer.cancel(n)) }
  },

  // All are due at one moment, when they have long been set.
  async fire(peer, count) {
    const due = new Date(Date.now() + 8000)
    const all = batches(count, () => due)
    await concurrently(all.length, n => peer.setMany(all[n], 'fire'))
    const began = Math.max(Date.now(), due.getTime())
    const { finished, stop } = await listen(peer, count, () => {})
    await finished
    const perSecond = count / ((Date.now() - began) / 1000)
    await stop()
    return { perSecond }
  },

  // Two hundred a second, one after the other.
  async lateness(peer, count) {
    const begin = Date.now() + 3000
    const late = []
    const dueOf = n => new Date(begin + n * 5)
    const { finished, stop } = await listen(peer, count, n => late.push(Date.now() - dueOf(n).getTime()))
    for (const batch of batches(count, dueOf)) await peer.setMany(batch, 'late')
    await finished
    await stop()
    if (late.some(each => each < 0)) throw new Error('a timer fired early')
    return { p50: percentile(late, 0.5), p99: percentile(late, 0.99) }
  },
}

const [, , name, url, action, count] = process.argv
const peer = await { graphile, pgboss }[name](url, clients)
const figures = await actions[action](peer, Number(count))
await Promise.race([peer.end(), sleep(5000)])
console.log(JSON.stringify(figures))
process.exit(0)
