import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DOOR, doorText, type Enrolled } from '@sanjiang/contract/exchange.door'
import type * as t from 'typebox'
import type { AgentConfig } from './config.ts'
import { holdState } from './durable.ts'
import { type AgentKey, makeKey, NotEnrolled, readIdentity, readKey, writeIdentity } from './identity.ts'
import { Link } from './link.ts'
import { UsageFault } from './usage.ts'
import { VERSION } from './version.ts'

const isEnrolled = async (dir: string): Promise<boolean> => {
  try {
    await readIdentity(dir)
    return true
  } catch (error) {
    if (error instanceof NotEnrolled) return false
    throw error
  }
}

/** A key made by an enrolment whose answer was lost is used again: the word opens to it alone. */
const keyFor = async (dir: string): Promise<AgentKey> => {
  try {
    return await readKey(dir)
  } catch (error) {
    if (error instanceof NotEnrolled) return makeKey(dir)
    throw error
  }
}

/** What the identity before it had read or remembered is of no use to the new one, and is kept aside. */
const setAside = async (dir: string): Promise<string> => {
  const aside = join(dir, `before-${new Date().toISOString().replaceAll(':', '')}`)
  await mkdir(aside, { mode: 0o700 })
  for (const name of ['agent.key', 'identity.json', 'assignment.json', 'spool'])
    await rename(join(dir, name), join(aside, name)).catch(() => {})
  return aside
}

export const runEnrol = async (config: AgentConfig, args: readonly string[]): Promise<number> => {
  const isAgain = args.includes('--again')
  // Whatever else is said is the word: one given by an older platform may look like an option.
  const token = args.find((one) => one !== '--again')
  if (token === undefined || token.length < 20) throw new UsageFault('请给出平台登记前置节点时显示的一次性口令')
  const held = await holdState(config.state)
  try {
    if (await isEnrolled(config.state)) {
      if (!isAgain)
        throw new UsageFault(
          `本机已经登记过;平台重新给出口令之后要换身份,请加 --again(原有的状态留在 ${config.state} 之下)`,
        )
      console.log(`原有状态移到 ${await setAside(config.state)}`)
    }
    const key = await keyFor(config.state)
    const link = new Link(config, key, null)
    const signature = key.sign(doorText.enrol(token, key.publicKey))
    const json = { token, public_key: key.publicKey, signature, version: VERSION }
    const { bytes } = await link.send({ method: 'POST', path: DOOR.enrolments, json })
    const enrolled = JSON.parse(bytes.toString('utf8')) as t.Static<typeof Enrolled>
    await rm(join(config.state, 'status.json'), { force: true })
    await writeIdentity(config.state, { ...enrolled, centre: config.centre, pending: null })
    await link.close()
    console.log(`已登记为${enrolled.organ_name}的前置节点“${enrolled.name}”。下一步:sanjiang-agent check`)
    return 0
  } finally {
    await held.release()
  }
}
