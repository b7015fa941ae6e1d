import type { Task } from '#kernel/jobs.ts'
import { DELIVERED } from './delivery.rules.ts'
import { deliverFact } from './delivery.service.ts'

export const tasks: readonly Task[] = [{ name: 'inbox.fact.deliver', on: DELIVERED, handle: deliverFact }]
