import { provincialOrganOf } from '../../reference/organs.ts'

/** A department that exchanges tables in the demo: its own database and its own agent (T8.1). */
export interface Department {
  /** The word its accounts begin with; names its folder. */
  readonly word: string
  readonly organ_id: string
  readonly agent_name: string
  /** Name of its database, and of the connection in its agent's file. */
  readonly database: string
  /** Schema of it that its agent may fill. */
  readonly receives: string
}

/** Schema that consumers' agents fill; the one they may write. */
export const RECEIVING = 'gongxiang'

const department = (word: string, seq: string, agent_name: string, database: string): Department => ({
  word,
  organ_id: provincialOrganOf(seq).id,
  agent_name,
  database,
  receives: RECEIVING,
})

export const POLICE = department('ga', '007', '公安厅前置节点', 'gongan')
export const CIVIL_AFFAIRS = department('mz', '010', '民政厅前置节点', 'minzheng')
export const SOCIAL_SECURITY = department('rs', '013', '人社厅前置节点', 'renshe')
/** On MariaDB where one is installed, else on PostgreSQL like the others. */
export const COMMERCE = department('gs', '027', '工商局前置节点', 'gongshang')
export const TAX = department('ds', '026', '地税局前置节点', 'dishui')
/** Whether the stage is the one made beside the embedded database: an operator's own gets no login of the demo's. */
export const isDemoStage = (stageDatabaseUrl: string | undefined): stageDatabaseUrl is string =>
  Boolean(stageDatabaseUrl) && new URL(stageDatabaseUrl!).pathname === `/${PORTAL.database}`

/** The office that runs the portal: its agent fills the stage, from where rows of open datasets leave (T4.2). */
export const PORTAL: Department = {
  ...department('dzzw', '047', '开放门户前置节点', 'sanjiang_stage'),
  receives: 'load',
}

export const DEPARTMENTS: readonly Department[] = [POLICE, CIVIL_AFFAIRS, SOCIAL_SECURITY, COMMERCE, TAX]
