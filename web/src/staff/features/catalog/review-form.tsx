import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { Panel } from '../../../ui/page-head.tsx'
import { ErrorAlert } from '../../../ui/states.tsx'

export interface Act {
  readonly stage: string
  readonly yes: string
  readonly pass: (opinion: string) => Promise<unknown>
  readonly refuse: (reason: string) => Promise<unknown>
}

const MIN_REASON = 5

/** One field for both answers: an opinion when it passes, the reason when it goes back — which is then required. */
export const ReviewForm = ({ act, onDone }: { act: Act; onDone: () => Promise<void> }) => {
  const [text, setText] = useState('')
  const [isShort, setShort] = useState(false)
  const say = useMutation({
    mutationFn: (pass: boolean) => (pass ? act.pass(text.trim()) : act.refuse(text.trim())),
    onSuccess: onDone,
  })
  const refuse = () => {
    const isTooShort = text.trim().length < MIN_REASON
    setShort(isTooShort)
    if (!isTooShort) say.mutate(false)
  }
  return (
    <Panel title={act.stage}>
      <label htmlFor="opinion">审核意见（退回时必填，编制人会看到）</label>
      <Input.TextArea
        id="opinion"
        value={text}
        onChange={({ target }) => setText(target.value)}
        rows={3}
        maxLength={1000}
        status={isShort ? 'error' : undefined}
        aria-invalid={isShort || undefined}
        aria-describedby={isShort ? 'opinion-fault' : undefined}
      />
      {isShort && (
        <p id="opinion-fault" role="alert" className="returned">
          退回须说明理由，不少于 {MIN_REASON} 个字。
        </p>
      )}
      {say.isError && <ErrorAlert error={say.error} />}
      <div className="row review-buttons">
        <Button
          type="primary"
          loading={say.isPending && say.variables}
          disabled={say.isPending}
          onClick={() => say.mutate(true)}
        >
          {act.yes}
        </Button>
        <Button danger disabled={say.isPending} onClick={refuse}>
          退回修改
        </Button>
      </div>
    </Panel>
  )
}
