import { Fault } from '#kernel/fault.ts'

/** The database's answer within `ms`, else `ledger_unavailable`: a server that hangs must not hang every caller with it. */
export const inTime = <T>(work: Promise<T>, ms: number): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Fault('ledger_unavailable', '数据库没有答复')), ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
