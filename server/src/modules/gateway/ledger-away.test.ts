import assert from 'node:assert/strict'
import { connect, createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { GatewayGround, PERSON } from '#test/gateway-ground.ts'
import { setScene } from '#test/gateway-scene.ts'

const ground = await GatewayGround.open()
after(() => ground.close())

/** The only way from a gateway to its database: open, cut, or holding every byte back. */
class DatabaseDoor {
  #state: 'open' | 'cut' | 'stalled' = 'open'
  readonly #through = new Set<Socket>()

  async open(url: string): Promise<string> {
    const { hostname, port } = new URL(url)
    const server = createServer((near) => {
      if (this.#state === 'cut') return near.destroy()
      const far = connect(Number(port), hostname)
      for (const socket of [near, far]) {
        this.#through.add(socket)
        socket.on('error', () => undefined)
        socket.on('close', () => {
          this.#through.delete(socket)
          near.destroy()
          far.destroy()
        })
      }
      near.pipe(far)
      far.pipe(near)
      if (this.#state === 'stalled') this.#hold(near, far)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ground.onClose(async () => {
      this.cut()
      server.close()
    })
    const through = new URL(url)
    through.port = String((server.address() as { port: number }).port)
    return through.href
  }

  #hold(...sockets: Socket[]): void {
    for (const socket of sockets) {
      socket.unpipe()
      socket.pause()
    }
  }

  cut(): void {
    this.#state = 'cut'
    for (const socket of this.#through) socket.destroy()
  }

  stall(): void {
    this.#state = 'stalled'
    this.#hold(...this.#through)
  }

  /** What was held is lost, as after a failover. */
  reopen(): void {
    for (const socket of this.#through) socket.destroy()
    this.#state = 'open'
  }
}

const AWAY = { status: 503, code: 'ledger_unavailable', party: 'platform' }

for (const way of ['cut', 'stall'] as const)
  test(`with the database ${way === 'cut' ? 'gone' : 'hanging'} nothing leaves, callers are told in time, and calls go on when it is back (C2, T16.4)`, async () => {
    const door = new DatabaseDoor()
    const databaseUrl = await door.open(ground.url)
    const order = { gateway: { databaseUrl } }
    const free = await setScene(ground, order)
    const counted = await setScene(ground, { ...order, grant: { quota: { count: 5, period: 'day' } } })
    assert.equal((await free.caller.call({ resource: free.resource })).status, 200)
    door[way]()
    for (const { caller, resource, gateway } of [free, counted]) {
      const calls = await Promise.all(Array.from({ length: 5 }, () => caller.call({ resource })))
      for (const { status, problem, text } of calls) {
        assert.deepEqual({ status, code: problem!.code, party: problem!.party }, AWAY)
        assert.ok(!text.includes(PERSON.name))
      }
      assert.equal((await fetch(`${gateway.address}/healthz`)).status, 200)
      assert.equal((await fetch(`${gateway.address}/readyz`)).status, 503)
    }
    door.reopen()
    for (const { caller, resource } of [free, counted]) {
      while ((await caller.call({ resource })).status !== 200) await pause(100)
    }
    const receipts = await ground.receipts(free.resource)
    assert.ok(receipts.length >= 2)
  })
