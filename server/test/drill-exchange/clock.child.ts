/** Loaded before a program: its clock stands `DRILL_CLOCK_MS` away from the machine's. */
const by = Number(process.env.DRILL_CLOCK_MS ?? 0)
const Real = Date

class Shifted extends Real {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(Real.now() + by)
    else super(args[0])
  }
  static override now(): number {
    return Real.now() + by
  }
}

globalThis.Date = Shifted as unknown as DateConstructor
