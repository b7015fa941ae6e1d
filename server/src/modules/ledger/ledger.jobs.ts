import type { Task } from '#kernel/jobs.ts'
import { sealFact } from './access.service.ts'
import { ensureMonth } from './log.store.ts'

const MONTHS_AHEAD = 3

const sealAccessFact: Task = {
  name: 'ledger.access.seal',
  on: [
    ...['identity.session.opened', 'identity.session.closed', 'identity.login.refused'],
    ...['exchange.agent.enrolled', 'exchange.agent.fenced'],
  ],
  handle: (ctx, { event_id }) => sealFact(ctx, 'access', event_id),
}

// Acts upon accounts, roles, organs, clients and the clock: what the audit administrator must be able to retrace (T16.1).
const sealAdminFact: Task = {
  name: 'ledger.admin.seal',
  on: [
    ...['locked', 'unlocked', 'created', 'suspended', 'resumed', 'moved', 'password_changed', 'totp_enrolled'].map(
      (verb) => `identity.person.${verb}`,
    ),
    ...['granted', 'withdrawn'].map((verb) => `identity.role.${verb}`),
    ...['founded', 'renamed', 'merged', 'split', 'dissolved'].map((verb) => `identity.organ.${verb}`),
    ...['registered', 'addresses_set', 'key_added', 'key_revoked', 'secret_issued', 'suspended', 'resumed'].map(
      (verb) => `identity.client.${verb}`,
    ),
    ...['invited', 'reinvited', 'suspended', 'resumed'].map((verb) => `exchange.agent.${verb}`),
    'identity.clock.set',
  ],
  handle: (ctx, { event_id }) => sealFact(ctx, 'admin', event_id),
}

const sealGrantFact: Task = {
  name: 'ledger.grant.seal',
  on: ['sharing.grant.issued', 'sharing.grant.narrowed', 'sharing.grant.revoked'],
  handle: (ctx, { event_id }) => sealFact(ctx, 'grant', event_id),
}

/** A month without its partition would make the first writer of the month wait for it to be created. */
const prepareMonths: Task = {
  name: 'ledger.month.prepare',
  cron: '10 3 * * *',
  handle: async ({ db, instant }) => {
    const [year, month] = instant.split('-').map(Number) as [number, number]
    for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1)
      await ensureMonth(db, new Date(Date.UTC(year, month - 1 + ahead, 1)).toISOString().slice(0, 10))
  },
}

export const tasks: readonly Task[] = [sealAccessFact, sealAdminFact, sealGrantFact, prepareMonths]
