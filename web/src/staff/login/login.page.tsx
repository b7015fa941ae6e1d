import { getClock, openSession } from '@sanjiang/contract/identity'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useEffect } from 'react'
import { call, problemOf } from '../api.ts'
import { keepSession, SESSION_KEY } from '../session.ts'
import { Plain, PlainField, Refusal } from './plain.tsx'

const credentialsOf = (form: HTMLFormElement) => {
  const data = new FormData(form)
  const totp = String(data.get('totp') ?? '').replace(/\s/g, '')
  return {
    username: String(data.get('username')).trim(),
    password: String(data.get('password')),
    ...(totp ? { totp } : {}),
  }
}

/** Tells apart what the visitor can act on: a code is wanted, the account is locked, or something did not fit. */
const useLogin = () => {
  const client = useQueryClient()
  const login = useMutation({
    mutationFn: (body: ReturnType<typeof credentialsOf>) => call(openSession, { body }),
    onSuccess: (session) => client.setQueryData(SESSION_KEY, keepSession(session)),
  })
  const problem = problemOf(login.error)
  const isCodeWanted = problem?.code === 'second_factor_required' || Boolean(login.variables?.totp)
  return { login, isCodeWanted, refusal: problem?.code === 'second_factor_required' ? undefined : problem }
}

const DemoNote = () => {
  const { data } = useQuery({ queryKey: ['clock'], queryFn: () => call(getClock, {}) })
  if (!data?.demo) return null
  return (
    <p className="demo-note">
      <b>演示环境</b> 业务日期 {data.today}。数据均为虚构。账号如
      gs.bianmu（工商编目员）、ga.shiyong（公安使用员）、dzzw.mulu（平台目录管理员），口令见启动平台的终端。
    </p>
  )
}

export const LoginPage = () => {
  const { login, isCodeWanted, refusal } = useLogin()
  // The person is typing: fetch what comes after the door meanwhile.
  useEffect(() => {
    const timer = setTimeout(() => import('../shell/shell.tsx').catch(() => undefined), 1500)
    return () => clearTimeout(timer)
  }, [])
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    login.mutate(credentialsOf(event.currentTarget))
  }
  return (
    <Plain title="登录工作门户" footer={<DemoNote />}>
      <form onSubmit={submit}>
        <PlainField name="username" label="账号" autoComplete="username" autoFocus />
        <PlainField name="password" label="口令" type="password" autoComplete="current-password" />
        {isCodeWanted && (
          <PlainField
            name="totp"
            label="动态码"
            autoComplete="one-time-code"
            hint="请输入验证器应用中显示的 6 位数字。"
            numeric
            autoFocus
          />
        )}
        <Refusal text={refusal && (refusal.detail ?? refusal.title)} />
        <button type="submit" className="plain-button wide" disabled={login.isPending}>
          {login.isPending ? '正在登录…' : '登录'}
        </button>
      </form>
      <p className="muted door-help">连续 5 次错误将锁定 15 分钟。忘记口令请联系本单位安全管理员重置。</p>
    </Plain>
  )
}
