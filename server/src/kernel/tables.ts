export interface Tables {
  'kernel.event': { event_id: string; type: string; subject_kind: string; subject_id: string; organ_id: string | null; actor_person_id: string | null; actor_name: string; occurred_on: string; occurred_at: string; before: unknown; after: unknown; trace: string }
  'kernel.setting': { name: string; value: unknown }
  'kernel.policy': { policy_key: boolean; version: number }
}
