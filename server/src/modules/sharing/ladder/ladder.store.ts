import type { Db, Tx } from '#kernel/db.ts'
import type { SharingLadderMeeting, SharingLadderStep } from '#kernel/tables.ts'

export const insertStep = (tx: Tx, row: SharingLadderStep) => tx.insertInto('sharing.ladder_step').values(row).execute()

type Closing = Pick<SharingLadderStep, 'closed_on' | 'outcome' | 'reason_code' | 'closed_by_name'>

export const closeStep = (tx: Tx, requestId: string, change: Closing) =>
  tx
    .updateTable('sharing.ladder_step')
    .set(change)
    .where('request_id', '=', requestId)
    .where('closed_on', 'is', null)
    .execute()

export const listSteps = (db: Db, requestId: string): Promise<SharingLadderStep[]> =>
  db.selectFrom('sharing.ladder_step').selectAll().where('request_id', '=', requestId).orderBy('step_id').execute()

export const listOpenSteps = (db: Db): Promise<SharingLadderStep[]> =>
  db.selectFrom('sharing.ladder_step').selectAll().where('closed_on', 'is', null).orderBy('step_id').execute()

export const insertMeeting = (tx: Tx, row: SharingLadderMeeting) =>
  tx.insertInto('sharing.ladder_meeting').values(row).execute()

export const hasMet = async (db: Db, stepId: string): Promise<boolean> =>
  (await db
    .selectFrom('sharing.ladder_meeting')
    .select('meeting_id')
    .where('step_id', '=', stepId)
    .executeTakeFirst()) !== undefined

export const listMeetings = (db: Db, stepIds: readonly string[]) =>
  db
    .selectFrom('sharing.ladder_meeting as m')
    .leftJoin('identity.organ as o', 'o.organ_id', 'm.organ_id')
    .selectAll('m')
    .select('o.name as organ_name')
    .where('m.step_id', 'in', stepIds)
    .orderBy('m.meeting_id')
    .execute()
