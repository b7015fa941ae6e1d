import { beginTotp, confirmTotp } from '@sanjiang/contract/identity'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import QRCode from 'antd/es/qrcode'
import type { FormEvent } from 'react'
import { call, problemOf } from '../api.ts'
import { SESSION_KEY, useLeave } from '../session.ts'
import { Plain, PlainField, Refusal } from './plain.tsx'

const grouped = (secret: string): string => secret.replace(/(.{4})(?=.)/g, '$1 ')

/** Administrators bind a second factor before anything else (domain §5.6). */
export const TotpPage = () => {
  const client = useQueryClient()
  const leave = useLeave()
  // Each beginning makes a new secret, so it happens once and is never repeated behind the reader's back.
  const begun = useQuery({
    queryKey: ['totp'],
    queryFn: () => call(beginTotp, {}),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const confirm = useMutation({
    mutationFn: (code: string) => call(confirmTotp, { body: { code } }),
    onSuccess: () => client.invalidateQueries({ queryKey: SESSION_KEY }),
  })
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    confirm.mutate(String(new FormData(event.currentTarget).get('code')).replace(/\s/g, ''))
  }
  const refused = problemOf(confirm.error)
  const failed = problemOf(begun.error)
  return (
    <Plain title="绑定动态码">
      <p className="muted">管理员账号须使用第二重身份验证。用验证器应用扫描二维码，或手工输入密钥。</p>
      <Refusal text={failed && (failed.detail ?? failed.title)} />
      {begun.data && (
        <div className="totp">
          <QRCode value={begun.data.uri} type="svg" size={168} bordered={false} aria-label="动态码二维码" />
          <div>
            <span className="muted">密钥</span>
            <code className="mono totp-secret">{grouped(begun.data.secret)}</code>
            <a href={begun.data.uri}>在本机验证器中打开</a>
          </div>
        </div>
      )}
      <form onSubmit={submit}>
        <PlainField
          name="code"
          label="验证器显示的 6 位数字"
          autoComplete="one-time-code"
          error={refused && (refused.fields?.[0]?.message ?? refused.detail ?? refused.title)}
          numeric
        />
        <button type="submit" className="plain-button wide" disabled={!begun.data || confirm.isPending}>
          完成绑定
        </button>
        <button type="button" className="plain-link" onClick={leave}>
          退出
        </button>
      </form>
    </Plain>
  )
}
