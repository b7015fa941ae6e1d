import { connect, createServer, type Server, type Socket } from 'node:net'

/**
 * Where a statement is when its sender dies: `before` — it never reaches the database; `after` — it is committed and the
 * answer never comes; `passed` — the answer was handed over in this very instant.
 */
export type Moment = 'before' | 'after' | 'passed'

export interface Trap {
  /** Bytes of the statement waited for. */
  readonly pattern: string
  readonly moment: Moment
  /** Kills the sender; called once, at that moment. */
  spring(): void
}

/**
 * A way to the database with a fixed address that one process alone uses. It watches what goes through and can stop time
 * at a named statement, so that crash points need nothing in the program itself.
 */
export class Door {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #trap: Trap | undefined
  port = 0

  private constructor(far: () => number) {
    this.#server = createServer((near) => this.#join(near, connect(far(), '127.0.0.1')))
  }

  static async open(far: () => number): Promise<Door> {
    const door = new Door(far)
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve))
    door.port = (door.#server.address() as { port: number }).port
    return door
  }

  arm(trap: Trap): void {
    this.#trap = trap
  }

  disarm(): void {
    this.#trap = undefined
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(near: Socket, far: Socket): void {
    let caught: Trap | undefined
    for (const socket of [near, far]) {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.#sockets.delete(socket)
        // The database itself died before it could answer: the moment is still to come.
        if (caught !== undefined) this.#trap = caught
        caught = undefined
        near.destroy()
        far.destroy()
      })
    }
    near.on('data', (chunk: Buffer) => {
      const trap = this.#trap
      if (trap !== undefined && chunk.includes(trap.pattern, 0, 'latin1')) {
        this.#trap = undefined
        if (trap.moment === 'before') return trap.spring()
        caught = trap
      }
      far.write(chunk)
    })
    far.on('data', (chunk: Buffer) => {
      const trap = caught
      caught = undefined
      if (trap?.moment !== 'after') near.write(chunk)
      trap?.spring()
    })
  }
}
