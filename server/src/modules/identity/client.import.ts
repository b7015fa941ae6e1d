import type { Ctx } from '#kernel/ctx.ts'
import { inTx } from '#kernel/db.ts'
import { addClientKeyIn, type ClientDraft, registerClientIn } from './client.service.ts'

export interface ImportedClient extends ClientDraft {
  readonly organ_id: string
  readonly public_keys: readonly string[]
}

/** Registers application systems with their keys in one transaction; returns their ids in the order given. For seeds. */
export const importClients = (ctx: Ctx, clients: readonly ImportedClient[]): Promise<string[]> =>
  inTx(ctx, async (tx) => {
    const ids: string[] = []
    for (const { organ_id, public_keys, ...draft } of clients) {
      const client_id = await registerClientIn(tx, ctx, { organ_id, draft })
      for (const public_key of public_keys)
        await addClientKeyIn(tx, ctx, { client: { client_id, organ_id }, public_key })
      ids.push(client_id)
    }
    return ids
  })
