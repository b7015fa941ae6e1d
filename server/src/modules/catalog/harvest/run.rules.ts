/** More of a source's entries than this share gone at once is more likely a fault of the source than a clearing-out. */
export const MOST_ABSENT = 0.2

interface Counts {
  readonly present: number
  readonly absent: number
  readonly unknown_count: number
  readonly total_first: number | null
  readonly total_last: number | null
  readonly note: string | null
}

type Verdict =
  | { readonly kind: 'archive' }
  | { readonly kind: 'held'; readonly reason: string }
  | { readonly kind: 'later'; readonly reason: string }

/** Whether what a complete reading did not meet may be archived without asking. */
export const isHeld = ({ present, absent, unknown_count, total_first, total_last, note }: Counts): Verdict => {
  if (note !== null) return { kind: 'later', reason: note }
  if (total_first !== total_last)
    return {
      kind: 'later',
      reason: `翻页期间来源总数由 ${total_first ?? '未知'} 变为 ${total_last ?? '未知'}，没有见到的 ${absent} 条留待下次判定`,
    }
  if (absent > present * MOST_ABSENT)
    return {
      kind: 'held',
      reason: `来源中没有见到的有 ${absent} 条，超过现有 ${present} 条的 ${MOST_ABSENT * 100}%，请确认是否归档`,
    }
  if (unknown_count > 0)
    return {
      kind: 'held',
      reason: `没有见到的有 ${absent} 条，另有 ${unknown_count} 条读不出且无法辨认，不知是否即在其中，请确认是否归档`,
    }
  return { kind: 'archive' }
}
