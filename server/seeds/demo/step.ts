import type { Ctx, House } from '#kernel/ctx.ts'
import { seedCtx } from '../house.ts'
import { readMark, writeMark } from '../mark.ts'

/** How far the load is, for whoever watches: a step with its count, or a line to print as it is. */
export interface Progress {
  readonly step?: string
  readonly done?: number
  readonly total?: number
  readonly line?: string
}

export type Tell = (progress: Progress) => void

export interface Step {
  readonly name: string
  readonly title: string
  /** May be cut off anywhere and is then run again: whatever it does twice must come out as if done once. */
  run(ctx: Ctx, tell: (done: number, total: number) => void): Promise<void>
}

/** Runs the steps that have not been run to their end yet, in order. Returns the names of those it ran. */
export const runSteps = async (house: House, steps: readonly Step[], tell: Tell): Promise<string[]> => {
  const ran: string[] = []
  for (const { name, title, run } of steps) {
    const mark = `demo.${name}`
    if (await readMark(house.db, mark)) continue
    tell({ step: title })
    await run(await seedCtx(house), (done, total) => tell({ step: title, done, total }))
    await writeMark(house.db, mark, { finished_at: house.clock.instant() })
    ran.push(name)
  }
  return ran
}

/** Pieces of a list, each small enough for one transaction. */
export function* piecesOf<T>(list: readonly T[], size: number): Generator<{ piece: readonly T[]; done: number }> {
  for (let from = 0; from < list.length; from += size)
    yield { piece: list.slice(from, from + size), done: Math.min(from + size, list.length) }
}
