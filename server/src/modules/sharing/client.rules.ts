import type { Db } from '#kernel/db.ts'
import { invalid } from '#kernel/fault.ts'
import { findClient } from './resource.store.ts'

/** A grant is used only by an application system that the consumer organ itself registered and that is in use. */
export const assertOwnClient = async (db: Db, clientId: string, consumerOrganId: string): Promise<void> => {
  const client = await findClient(db, clientId)
  if (!client || client.organ_id !== consumerOrganId)
    throw invalid('client_id', 'own_client', '不是本机构登记的应用系统')
  if (client.status !== 'active') throw invalid('client_id', 'client_active', '应用系统已停用')
}
