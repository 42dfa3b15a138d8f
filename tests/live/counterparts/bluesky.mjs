// Starts PostgreSQL, Redis and Bluesky's own development network in this
// process, says where they are in one JSON line, and ends with its stdin.

import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import dns from 'node:dns'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { pathToFileURL } from 'node:url'

const cache = process.env.DUTYDESK_LIVE || path.join(os.homedir(), '.cache/dutydesk-live')
const say = (value) => fs.writeSync(1, JSON.stringify(value) + '\n')
// Stdout belongs to the JSON lines alone; whatever a library says goes to stderr.
console.log = console.info = console.error

if (process.argv.length !== 3) {
  console.error('Usage: bluesky DATA_FOLDER')
  process.exit(2)
}
const data = path.resolve(process.argv[2])

// The development network listens on every interface; keep it on loopback.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'number') {
    return listen.call(this, { port: first, host: '127.0.0.1' }, ...rest.filter((arg) => typeof arg === 'function'))
  }
  if (first && typeof first === 'object' && 'port' in first) first = { ...first, host: '127.0.0.1' }
  return listen.call(this, first, ...rest)
}
// Its own addresses say "localhost", which may mean ::1 first.
dns.setDefaultResultOrder('ipv4first')

const children = []
let postgresData
let ending = false

// Ends everything without ceremony: nothing in the data folder outlives the
// network anyway, as the PLC directory is in memory.
function end(code) {
  if (ending) return
  ending = true
  for (const child of children) child.kill('SIGQUIT')
  setTimeout(() => children.forEach((child) => child.kill('SIGKILL')), 3000).unref()
  Promise.all(children.map((child) => child.ended)).then(() => {
    if (postgresData) fs.rmSync(postgresData, { recursive: true, force: true })
    process.exit(code)
  })
}

function fail(sentence) {
  console.error(sentence)
  end(1)
}

process.on('SIGTERM', () => end(0))
process.on('SIGINT', () => end(0))
// The network goes on after a request that failed on purpose, as when the PDS
// is stopped under it.
process.on('unhandledRejection', (err) => console.error(`Unhandled: ${err?.stack ?? err}`))

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().on('error', reject)
    server.listen(0, () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

// PostgreSQL refuses to run as root. setpriv also has the kernel end the
// children should this process be killed without a chance to do it itself.
const isRoot = process.getuid() === 0
const asPostgres = isRoot ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : []

function start(name, args, privileges = []) {
  const log = fs.openSync(path.join(data, `${path.basename(name)}.log`), 'a')
  const child = spawn('setpriv', [...privileges, '--pdeathsig=QUIT', name, ...args], {
    stdio: ['ignore', log, log],
    cwd: '/',
  })
  fs.closeSync(log)
  child.ended = new Promise((resolve) => {
    child.on('error', (err) => (fail(`Could not start ${name}: ${err.message}.`), resolve()))
    child.on('exit', (code) => {
      resolve()
      if (!ending) fail(`${name} ended with ${code}; its log in ${data} says why.`)
    })
  })
  children.push(child)
}

async function reachable(port, name) {
  for (let tries = 0; tries < 300 && !ending; tries++) {
    const open = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1')
      socket.on('connect', () => (socket.destroy(), resolve(true)))
      socket.on('error', () => resolve(false))
    })
    if (open) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`${name} did not answer within 15 seconds`)
}

async function startPostgres() {
  const root = '/usr/lib/postgresql'
  const versions = fs.existsSync(root) ? fs.readdirSync(root) : []
  const bin = versions.map((v) => path.join(root, v, 'bin')).filter((b) => fs.existsSync(path.join(b, 'initdb'))).pop()
  if (!bin) throw new Error('PostgreSQL is not installed')
  // Not in the data folder: as another user, PostgreSQL could not get there.
  // Its name has our process id, to sweep after one of us that was killed.
  const prefix = 'dutydesk-live-postgres-'
  for (const name of fs.readdirSync('/tmp').filter((name) => name.startsWith(prefix))) {
    const owner = name.slice(prefix.length)
    if (!fs.existsSync(`/proc/${owner}`)) fs.rmSync(`/tmp/${name}`, { recursive: true, force: true })
  }
  postgresData = `/tmp/${prefix}${process.pid}`
  fs.mkdirSync(postgresData, { mode: 0o700 })
  if (isRoot) spawnSync('chown', ['postgres:', postgresData])
  const init = spawnSync('setpriv', [
    ...asPostgres, `${bin}/initdb`,
    '-D', postgresData, '-U', 'dutydesk', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync',
  ], { cwd: '/' })
  if (init.status !== 0) throw new Error(`initdb failed: ${init.error?.message ?? init.stderr}`)
  const port = await freePort()
  start(`${bin}/postgres`, [
    '-D', postgresData, '-p', String(port),
    '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=',
    '-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off', '-c', 'shared_buffers=32MB',
  ], asPostgres)
  await reachable(port, 'PostgreSQL')
  return `postgresql://dutydesk@127.0.0.1:${port}/postgres`
}

async function startRedis() {
  const port = await freePort()
  start('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', data])
  await reachable(port, 'Redis')
  return `127.0.0.1:${port}`
}

async function main() {
  fs.mkdirSync(path.join(data, 'tmp'), { recursive: true })
  process.env.TMPDIR = path.join(data, 'tmp')
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  process.env.DB_POSTGRES_URL = postgres
  process.env.REDIS_HOST = redis
  process.env.NODE_ENV = 'development'
  // All three servers write their requests into one file, for a test that failed.
  process.env.LOG_ENABLED = 'true'
  process.env.LOG_DESTINATION = path.join(data, 'network.log')

  const entry = path.join(cache, 'bluesky/node_modules/@atproto/dev-env/dist/index.js')
  const { TestNetwork, TestPds, mockNetworkUtilities } = await import(pathToFileURL(entry))

  // The PDS gets folders and a key of ours, so that another one started later
  // on the same port carries on with the accounts of the first. By its port:
  // the network also makes a second, short-lived PDS with the same settings.
  const pdsPort = await freePort()
  const ours = {
    dataDirectory: path.join(data, 'pds'),
    blobstoreDiskLocation: path.join(data, 'blobs'),
    plcRotationKeyK256PrivateKeyHex: randomBytes(32).toString('hex'),
  }
  fs.mkdirSync(ours.dataDirectory, { recursive: true })
  let pdsSettings
  const create = TestPds.create
  TestPds.create = (settings) => {
    if (settings.port !== pdsPort) return create.call(TestPds, settings)
    pdsSettings = { ...settings, ...ours }
    return create.call(TestPds, pdsSettings)
  }

  const network = await TestNetwork.create({
    dbPostgresSchema: 'live',
    // A sign-in answers the DID document too, as at bsky.social.
    pds: { port: pdsPort, hostname: 'localhost', enableDidDocWithSession: true },
    plc: {},
  })

  let running = true
  const commands = {
    async 'stop pds'() {
      if (running) await network.pds.close()
      running = false
      return { pds: 'stopped' }
    },
    async 'start pds'() {
      if (!running) {
        network.pds = await TestPds.create(pdsSettings)
        mockNetworkUtilities(network.pds)
      }
      running = true
      return { pds: `http://127.0.0.1:${pdsPort}` }
    },
  }
  let queue = Promise.resolve()
  readline.createInterface({ input: process.stdin }).on('line', (line) => {
    const command = commands[line.trim()]
    queue = queue
      .then(() => (command ? command() : { error: `unknown line: ${line}` }))
      .catch((err) => ({ error: String(err.message) }))
      .then(say)
  }).on('close', () => end(0))

  say({
    pds: `http://127.0.0.1:${pdsPort}`,
    appview: `http://127.0.0.1:${network.bsky.port}`,
    plc: `http://127.0.0.1:${network.plc.port}`,
  })
}

main().catch((err) => fail(`The Bluesky network did not start: ${err.stack}`))
