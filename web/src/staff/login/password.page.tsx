import { changePassword, type Session } from '@sanjiang/contract/identity'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { call, problemOf } from '../api.ts'
import { SESSION_KEY, useLeave } from '../session.ts'
import { Plain, PlainField, Refusal } from './plain.tsx'

/** The first login and every ninetieth day: nothing else is possible until the password is changed (domain §5.6). */
export const PasswordPage = ({ session }: { session: Session }) => {
  const client = useQueryClient()
  const leave = useLeave()
  const [isDifferent, setDifferent] = useState(false)
  const change = useMutation({
    mutationFn: (body: { current: string; next: string }) => call(changePassword, { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: SESSION_KEY }),
  })
  const problem = problemOf(change.error)
  const fault = problem?.fields?.map(({ message }) => message).join('；')
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const next = String(data.get('next'))
    setDifferent(next !== data.get('again'))
    if (next === data.get('again')) change.mutate({ current: String(data.get('current')), next })
  }
  return (
    <Plain title="请先修改口令">
      <p className="muted">
        {session.name}（{session.organ_name}）：首次登录或口令到期，修改后即可继续。
      </p>
      <form onSubmit={submit}>
        <input type="text" name="username" autoComplete="username" value={session.username} readOnly hidden />
        <PlainField name="current" label="现用口令" type="password" autoComplete="current-password" autoFocus />
        <PlainField
          name="next"
          label="新口令"
          type="password"
          autoComplete="new-password"
          hint="至少 8 位，含大小写字母、数字、符号中的三类；不能与最近用过的相同。"
          error={fault}
        />
        <PlainField
          name="again"
          label="再输入一次新口令"
          type="password"
          autoComplete="new-password"
          error={isDifferent ? '两次输入的新口令不一致' : undefined}
        />
        <Refusal text={problem && !problem.fields ? (problem.detail ?? problem.title) : undefined} />
        <button type="submit" className="plain-button wide" disabled={change.isPending}>
          修改并继续
        </button>
        <button type="button" className="plain-link" onClick={leave}>
          退出
        </button>
      </form>
    </Plain>
  )
}
