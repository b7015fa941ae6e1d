import { setTimeout as pause } from 'node:timers/promises'
import { Chance } from '../drill/chance.ts'
import { addRows, type ExchangeGround } from './ground.ts'
import { SOURCE } from './view.ts'

const PAUSE_MS = 150
const FEWEST_ROWS = 300

/** What a registry's own programs do while faults go on; each write is a transaction of its own. */
export class Registry {
  readonly #ground: ExchangeGround
  readonly #chance: Chance
  #next = 100_000
  #isResting = false
  #isOver = false
  #writing: Promise<void> = Promise.resolve()
  writes = 0
  /** Writes that the database did not answer. */
  unanswered = 0

  constructor(ground: ExchangeGround, seed: number) {
    this.#ground = ground
    this.#chance = new Chance(seed ^ 0x5eed)
  }

  /** Begins to write; what ends it. */
  start(): () => Promise<void> {
    const running = this.#run()
    return () => {
      this.#isOver = true
      return running
    }
  }

  async rest(): Promise<void> {
    this.#isResting = true
    await this.#writing
  }

  goOn(): void {
    this.#isResting = false
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      if (!this.#isResting) {
        this.#writing = this.#write()
        await this.#writing
      }
      await pause(PAUSE_MS)
    }
  }

  async #write(): Promise<void> {
    const { db } = this.#ground.provider
    const some = this.#chance.below(10_000)
    const who = `(select gmsfhm from ${SOURCE} where gmsfhm > '6301031' || lpad('${some}', 6, '0') order by gmsfhm limit`
    const acts: readonly (() => Promise<unknown>)[] = [
      () => addRows(db, this.#grow(3), 3),
      () => db.query(`update ${SOURCE} set xm = '卓玛${some}' where gmsfhm in ${who} 20)`),
      () => db.query(`update ${SOURCE} set xb = case xb when '1' then '2' else '1' end where gmsfhm in ${who} 5)`),
      () =>
        db.query(
          `delete from ${SOURCE} where gmsfhm in ${who} 2) and (select count(*) from ${SOURCE}) > ${FEWEST_ROWS}`,
        ),
      () => this.#renumber(who),
      () => db.query(`update ${SOURCE} set hjdz = '玉树${some}'`),
    ]
    try {
      await acts[this.#chance.below(acts.length)]!()
      this.writes += 1
    } catch {
      this.unanswered += 1
    }
  }

  #grow(by: number): number {
    this.#next += by
    return this.#next - by
  }

  /** A corrected number: the row's key changes. */
  async #renumber(who: string): Promise<void> {
    const { db } = this.#ground.provider
    await addRows(db, this.#grow(1), 1)
    const { rows } = await db.query(
      `delete from ${SOURCE} where gmsfhm = (select max(gmsfhm) from ${SOURCE}) returning gmsfhm`,
    )
    await db.query(`update ${SOURCE} set gmsfhm = $1 where gmsfhm = ${who} 1)`, [rows[0]?.gmsfhm])
  }
}
