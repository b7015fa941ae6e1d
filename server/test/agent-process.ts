import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exchange } from '@sanjiang/contract'
import type { Voice } from './harness.ts'

const MAIN = fileURLToPath(new URL('../../agent/src/main.ts', import.meta.url))

/** The agent's program of a department, with its configuration in a folder: enrolled by an officer's word, started and killed. */
export class AgentProcess {
  readonly #dir: string
  #child: ChildProcess | null = null
  agentId = ''
  said = ''

  constructor(dir: string) {
    this.#dir = dir
  }

  #spawn(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, [MAIN, ...args, '--config', join(this.#dir, 'agent.conf')])
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (piece: Buffer) => {
        this.said += piece
      })
    return child
  }

  async configure(text: string): Promise<void> {
    await writeFile(join(this.#dir, 'agent.conf'), text, { mode: 0o600 })
  }

  /** Carries the officer's word to the machine and starts its agent. */
  async join(voice: Voice): Promise<void> {
    const { agent, token } = await voice.call(exchange.inviteAgent, { body: { name: '前置节点' } })
    this.agentId = agent.agent_id
    const enrolment = this.#spawn('enrol', token)
    assert.equal(await new Promise((done) => enrolment.once('exit', done)), 0, this.said)
    this.start()
  }

  start(): void {
    this.#child = this.#spawn('run')
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    child.kill(signal)
    await ended
  }
}
