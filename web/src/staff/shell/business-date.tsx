import { setClock } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Popover } from 'antd'
import { type FormEvent, useState } from 'react'
import { ErrorAlert } from '../../ui/states.tsx'
import { call } from '../api.ts'
import { useCan, useSession } from '../session.ts'

const DateForm = ({ onDone }: { onDone: () => void }) => {
  const { today } = useSession()
  const client = useQueryClient()
  const set = useMutation({
    mutationFn: (date: string) => call(setClock, { body: { today: date } }),
    // Every deadline on every page hangs on this date.
    onSuccess: () => client.invalidateQueries().then(onDone),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    set.mutate(String(new FormData(event.currentTarget).get('date')))
  }
  return (
    <form onSubmit={submit} className="date-form">
      <label htmlFor="business-date">业务日期</label>
      <input id="business-date" name="date" type="date" defaultValue={today} required />
      <Button type="primary" htmlType="submit" loading={set.isPending}>
        设定
      </Button>
      {set.isError && <ErrorAlert error={set.error} />}
    </form>
  )
}

/** Demo mode lives in a year of its own: the date is always in sight, and settable by whoever may. */
export const BusinessDate = () => {
  const { today } = useSession()
  const canSet = useCan('identity.clock.set')
  const [isOpen, setOpen] = useState(false)
  const badge = (
    <>
      <b>演示</b>
      <span>{today}</span>
    </>
  )
  if (!canSet)
    return (
      <span className="demo-badge" title="演示环境的业务日期；由系统管理员设定">
        {badge}
      </span>
    )
  return (
    <Popover
      trigger="click"
      open={isOpen}
      onOpenChange={setOpen}
      content={<DateForm onDone={() => setOpen(false)} />}
      title="演示环境：推动时间，观察时限"
    >
      <button type="button" className="demo-badge" aria-label={`演示环境，业务日期 ${today}，点击设定`}>
        {badge}
      </button>
    </Popover>
  )
}
