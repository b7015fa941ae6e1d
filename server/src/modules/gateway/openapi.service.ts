import type { ServiceDraft } from '@sanjiang/contract/gateway'
import { type Ctx, scopeOf } from '#kernel/ctx.ts'
import { Fault } from '#kernel/fault.ts'
import { draftFromOpenApi, listOperations } from './openapi.rules.ts'
import { findProvided, listItemNames } from './service.store.ts'

interface Reading {
  readonly resource_id: string
  readonly document: Record<string, unknown>
  readonly path?: string
}

/** Reads a provider's OpenAPI document into a mapping draft for one resource; nothing is saved. */
export const importOpenApi = async (ctx: Ctx, { resource_id, document, path }: Reading) => {
  const resource = await findProvided(ctx.db, scopeOf(ctx.actor, 'gateway.service.edit'), resource_id)
  if (!resource) throw new Fault('not_found')
  const operations = listOperations(document)
  if (operations.length === 0)
    throw new Fault('invalid', '文档中没有 GET 或 POST 接口', {
      fields: [{ field: 'document.paths', rule: 'empty', message: '没有可挂接的接口' }],
    })
  const names = await listItemNames(ctx.db, resource_id)
  const items = [...names].map(([name_en, name]) => ({ name, name_en }))
  const chosen = path
    ? operations.find((one) => one.path === path)
    : operations.length === 1
      ? operations[0]
      : undefined
  const draft: Partial<ServiceDraft> | null = chosen
    ? { resource_id, ...draftFromOpenApi(document, chosen, items) }
    : null
  const bound = new Set(draft?.fields?.map(({ item }) => item))
  return { operations, draft, unmatched_items: items.map(({ name_en }) => name_en).filter((one) => !bound.has(one)) }
}
