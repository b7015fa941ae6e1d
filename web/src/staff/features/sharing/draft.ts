import { sharing } from '@sanjiang/contract'
import type { RequestDetail, RequestDraft } from '@sanjiang/contract/sharing'
import { useCallback, useEffect, useRef, useState } from 'react'
import { call } from '../../api.ts'

const QUIET_MS = 900

export interface DraftKeeper {
  /** What is on the server; `undefined` until the first save. */
  readonly saved: RequestDetail | undefined
  readonly savedAt: Date | undefined
  readonly isSaving: boolean
  readonly error: unknown
  /** Saves after a quiet moment; calls follow one another, never overlap. */
  keep(draft: RequestDraft): void
  /** Saves now what is unsaved and answers the request as the server has it. */
  flush(draft: RequestDraft): Promise<RequestDetail>
}

/** Keeps a draft on the server while it is typed: the first save creates the request, later ones carry its revision. */
export const useDraftKeeper = (initial: RequestDetail | undefined, onCreated: (id: string) => void): DraftKeeper => {
  const [saved, setSaved] = useState(initial)
  const [savedAt, setSavedAt] = useState<Date>()
  const [isSaving, setSaving] = useState(false)
  const [error, setError] = useState<unknown>()
  const latest = useRef(initial)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const chain = useRef<Promise<unknown>>(Promise.resolve())

  const save = useCallback(
    async (draft: RequestDraft): Promise<RequestDetail> => {
      setSaving(true)
      try {
        const before = latest.current
        const after = before
          ? await call(sharing.saveRequest, {
              params: { id: before.request_id },
              body: { revision: before.revision, draft },
            })
          : await call(sharing.createRequest, { body: draft })
        latest.current = after
        setSaved(after)
        setSavedAt(new Date())
        setError(undefined)
        if (!before) onCreated(after.request_id)
        return after
      } catch (thrown) {
        setError(thrown)
        throw thrown
      } finally {
        setSaving(false)
      }
    },
    [onCreated],
  )

  const enqueue = useCallback(
    (draft: RequestDraft): Promise<RequestDetail> => {
      const next = chain.current.then(() => save(draft))
      chain.current = next.catch(() => undefined)
      return next
    },
    [save],
  )

  useEffect(() => () => clearTimeout(timer.current), [])

  return {
    saved,
    savedAt,
    isSaving,
    error,
    keep: (draft) => {
      clearTimeout(timer.current)
      timer.current = setTimeout(() => void enqueue(draft).catch(() => undefined), QUIET_MS)
    },
    flush: (draft) => {
      clearTimeout(timer.current)
      return enqueue(draft)
    },
  }
}
