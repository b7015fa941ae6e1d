import { setTimeout as pause } from 'node:timers/promises'
import type { Assignment } from '@sanjiang/contract/exchange.door'
import { Report } from '@sanjiang/contract/exchange.door'
import type { Ctx } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { toWantedFeed, toWantedLoad, versionOf } from './assignment.rules.ts'
import * as store from './assignment.store.ts'
import { readJson } from './body.ts'
import type { AgentRequest } from './door.ts'
import { takeReport } from './report.service.ts'

/** A wake may be lost while a door's listening connection is down; so it looks by itself as well. */
const LOOK_MS = 2000
/** While a log grows its readers are told five times a second, not with each of its chunks. */
const REST_MS = 200

/** When each agent was last told something, by agent. */
const toldAt = new Map<string, number>()

const groupBy = <T, K extends keyof T>(rows: readonly T[], name: K): Map<T[K], T[]> => {
  const groups = new Map<T[K], T[]>()
  for (const row of rows) {
    const group = groups.get(row[name])
    if (group) group.push(row)
    else groups.set(row[name], [row])
  }
  return groups
}

/** What an agent is to do, worked out anew from the database each time: nothing is remembered between two polls. */
export const buildAssignment = async (
  { db, today }: Pick<Ctx, 'db' | 'today'>,
  agentId: string,
): Promise<Assignment> => {
  const [feeds, loads, asked] = await Promise.all([
    store.listFeeds(db, agentId),
    store.listLoads(db, agentId),
    store.listQuestions(db, agentId),
  ])
  const [items, runs] = await Promise.all([
    store.listItems(db, [...new Set([...feeds, ...loads].map(({ resource_id }) => resource_id))]),
    store.listOpenRuns(
      db,
      feeds.map(({ feed_id }) => feed_id),
    ),
  ])
  const itemsOf = groupBy(items, 'resource_id')
  const runsOf = groupBy(runs, 'feed_id')
  const wanted = {
    feeds: feeds.map((feed) =>
      toWantedFeed(feed, { items: itemsOf.get(feed.resource_id) ?? [], runs: runsOf.get(feed.feed_id) ?? [] }),
    ),
    loads: loads.map((load) => toWantedLoad(load, itemsOf.get(load.resource_id) ?? [], today)),
    questions: asked as unknown as Assignment['questions'],
  }
  return { version: versionOf(wanted), ...wanted }
}

/** Answered at once when there is news for the agent, else as soon as there is, at the latest after the time it gives. */
export const pollAssignment = async ({ parts, ctx, agent, request, response }: AgentRequest): Promise<Assignment> => {
  const report = await readJson(request, Report)
  await takeReport(ctx, agent, report)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  const signal = AbortSignal.any([parts.closing, gone.signal])
  const end = Date.now() + report.wait_seconds * 1000
  for (;;) {
    const since = parts.wakes.count(agent.agent_id)
    if (!(await store.isInUse(ctx.db, agent.agent_id, agent.epoch))) throw new Fault('session_unknown')
    const today = await parts.house.clock.today()
    const assignment = await buildAssignment({ db: ctx.db, today }, agent.agent_id)
    const left = end - Date.now()
    if (assignment.version !== report.have || left <= 0 || signal.aborted) {
      toldAt.set(agent.agent_id, Date.now())
      return assignment
    }
    await parts.wakes.wait(agent.agent_id, Math.min(left, LOOK_MS), { since, signal })
    const rest = (toldAt.get(agent.agent_id) ?? 0) + REST_MS - Date.now()
    if (rest > 0) await pause(rest, undefined, { signal }).catch(() => undefined)
  }
}
