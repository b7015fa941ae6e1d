import { exchange } from '@sanjiang/contract'
import type { RowAnswer, RowValue, SubscriptionDetail } from '@sanjiang/contract/exchange'
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Checkbox, Form, Input } from 'antd'
import { useState } from 'react'
import { showFaults } from '../../../ui/form-faults.ts'
import { ErrorAlert } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { RowAnswered } from './row-answer.tsx'

interface Asked {
  readonly key: Record<string, string>
  readonly row?: Record<string, string>
  readonly from: string
  readonly to: string
  readonly reason: string
}

type Items = SubscriptionDetail['row_leaves']['key']

/** An empty field of a row is an empty value; a key has none. */
const valuesOf = (items: Items, given: Record<string, string | undefined> = {}): RowValue[] =>
  items.map(({ item }) => ({ item, value: given[item] ? given[item] : null }))

const DAY_MS = 86_400_000
const dayText = (ago: number): string => new Date(Date.now() + 8 * 3_600_000 - ago * DAY_MS).toISOString().slice(0, 10)

const useAsk = (of: SubscriptionDetail) =>
  useMutation({
    mutationFn: ({ asked, after }: { asked: Asked; after?: string }) =>
      call(exchange.askRow, {
        params: { id: of.subscription_id },
        body: {
          key: valuesOf(of.row_leaves.key, asked.key),
          ...(asked.row && { row: valuesOf(of.row_leaves.items, asked.row) }),
          from: asked.from,
          to: asked.to,
          reason: asked.reason.trim(),
          after,
        },
      }),
  })

const required = (message: string) => [{ required: true, whitespace: true, message }]

const KeyFields = ({ items }: { items: Items }) =>
  items.map(({ item, name }) => (
    <Form.Item key={item} name={['key', item]} label={name} rules={required(`请填写${name}`)}>
      <Input className="mono" autoComplete="off" maxLength={1000} />
    </Form.Item>
  ))

/** As it was delivered, masked values included; what the key gives is filled in already. */
const RowFields = ({ items, key_items }: { items: Items; key_items: Items }) => (
  <fieldset className="bare">
    <p className="muted small">按交付时的写法逐项填写（脱敏的填脱敏后的值），留空即为空值。</p>
    <div className="filters">
      {items
        .filter(({ item }) => !key_items.some((key) => key.item === item))
        .map(({ item, name }) => (
          <Form.Item key={item} name={['row', item]} label={name}>
            <Input autoComplete="off" />
          </Form.Item>
        ))}
    </div>
  </fieldset>
)

const hint = (of: SubscriptionDetail): string => {
  const [key] = of.row_leaves.key
  if (key?.item === 'row_handle') return '授权不含明文的键：本部门凭目标表里的行代号查证。'
  if (of.target_key.includes('row_handle')) return '按自然键查证；证明里出现的是它的行代号，使用方收到的也是行代号。'
  return '按键查证；给出整行，还能证明交付的正是这一行。'
}

interface Shown {
  readonly asked: Asked
  readonly answers: readonly RowAnswer[]
}

const AskForm = ({ of }: { of: SubscriptionDetail }) => {
  const [form] = Form.useForm<Asked>()
  const [isWhole, setWhole] = useState(false)
  const [shown, setShown] = useState<Shown>()
  const act = useAsk(of)
  const { key, items } = of.row_leaves
  const send = ({ asked, after }: { asked: Asked; after?: string }) =>
    act.mutate(
      { asked, after },
      {
        onSuccess: (answer) =>
          setShown((before) => ({ asked, answers: after && before ? [...before.answers, answer] : [answer] })),
        onError: (error) => showFaults(form, error),
      },
    )
  const next = shown?.answers.at(-1)?.next
  return (
    <>
      <Form
        form={form}
        layout="vertical"
        style={{ maxWidth: '44rem' }}
        initialValues={{ from: dayText(30), to: dayText(0) }}
        onFinish={(asked) =>
          send({ asked: isWhole ? { ...asked, row: { ...asked.row, ...asked.key } } : { ...asked, row: undefined } })
        }
      >
        <p className="muted small">{hint(of)}</p>
        <KeyFields items={key} />
        <Checkbox
          checked={isWhole}
          onChange={({ target }) => setWhole(target.checked)}
          style={{ marginBottom: '.75rem' }}
        >
          连同整行内容一起查
        </Checkbox>
        {isWhole && <RowFields items={items} key_items={key} />}
        <div className="filters">
          <Form.Item name="from" label="从" rules={required('请选择日期')}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="to" label="到" rules={required('请选择日期')}>
            <Input type="date" />
          </Form.Item>
        </div>
        <Form.Item
          name="reason"
          label="查证理由"
          rules={[{ required: true, min: 4, message: '请说明理由（不少于 4 个字）' }]}
        >
          <Input.TextArea rows={2} maxLength={500} placeholder="如：当事人申请核实，受理单 2017-1211" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={act.isPending}>
          存证并查证
        </Button>
      </Form>
      {act.isError && <ErrorAlert error={act.error} />}
      <div style={{ marginTop: '1rem' }}>
        {shown?.answers.map((answer, part) => (
          <RowAnswered key={`${answer.receipt.log_id} ${answer.receipt.seq}`} answer={answer} part={part} />
        ))}
      </div>
      {shown && next && (
        <Alert
          type="info"
          showIcon
          title="这段时间还有后面的交付"
          description="一份证明最多列 200 次交付；其余的另出一份，各自可核验。"
          action={
            <Button size="small" loading={act.isPending} onClick={() => send({ asked: shown.asked, after: next })}>
              查其余的
            </Button>
          }
        />
      )}
    </>
  )
}

/** 某行是否交付过: asked by whoever may, recorded with its reason, answered in words and with a file that proves it. */
export const RowQuestion = ({ of }: { of: SubscriptionDetail }) => {
  const { kept, months } = of.row_leaves
  return (
    <>
      {kept ? (
        <p className="muted small">
          每交付一块，留存每行 48 字节的加盐杂凑，不留数据；留存 {months}{' '}
          个整月，期满按月删除。查证人、理由先行写入账本，再给出结果。
        </p>
      ) : (
        <Alert
          type="warning"
          showIcon
          title="这个挂接没有开启逐行存证"
          description="只有开启期间的交付可以查证；其余的会如实说明无从证明。由提供方在“改挂接”里开启，自下一块起生效。"
          style={{ marginBottom: '1rem' }}
        />
      )}
      {of.can.includes('ask_row') ? (
        <AskForm of={of} />
      ) : (
        <p>查证只对提供方、使用方的数据员和审计员开放；本账号没有此项权限。</p>
      )}
    </>
  )
}
