import { BASIS_KINDS, type Basis, type LegalBasis, listLegalBases } from '@sanjiang/contract/catalog'
import { useQuery } from '@tanstack/react-query'
import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import { Loaded } from '../../../ui/states.tsx'
import { call } from '../../api.ts'
import { basisText } from './resource-metadata.tsx'

interface Props {
  readonly value: Basis | null
  readonly onChange: (basis: Basis | null) => void
  /** What the basis is for, when several pickers stand on one page. */
  readonly of?: string
  readonly size?: 'small' | 'middle'
}

const basisOf = ({ kind, title, clause, document_no }: LegalBasis): Basis => ({ kind, title, clause, document_no })

const Choice = ({ basis, onPick }: { basis: LegalBasis; onPick: (basis: Basis) => void }) => (
  <li>
    <button type="button" onClick={() => onPick(basisOf(basis))}>
      <span className={`basis-kind ${basis.kind}`}>{BASIS_KINDS.titles[basis.kind]}</span>
      <b>{basis.title}</b> {basis.clause}
      <small>
        {basis.document_no}
        {!basis.verified && '　条款号未与原文核对'}
      </small>
    </button>
  </li>
)

const Chooser = ({ onPick }: { onPick: (basis: Basis) => void }) => {
  const [words, setWords] = useState('')
  const query = useQuery({
    queryKey: ['catalog', 'bases'],
    queryFn: () => call(listLegalBases, { query: {} }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <>
      <label htmlFor="basis-words" className="hidden">
        查找依据
      </label>
      <Input
        id="basis-words"
        value={words}
        onChange={({ target }) => setWords(target.value)}
        placeholder="输入法律、法规、政策名称或条款"
        autoFocus
      />
      <Loaded query={query}>
        {(bases) => (
          <ul className="bases">
            {bases
              .filter(({ title, clause, document_no }) => `${title}${clause}${document_no}`.includes(words.trim()))
              .map((basis) => (
                <Choice key={basis.key} basis={basis} onPick={onPick} />
              ))}
          </ul>
        )}
      </Loaded>
    </>
  )
}

/** No refusal to share without a law, a regulation or a central policy (国发〔2016〕51号 第十条). The clause may be made precise. */
export const BasisPicker = ({ value, onChange, of, size }: Props) => {
  const [isOpen, setOpen] = useState(false)
  const label = of ? `${of} 的不予共享依据` : '不予共享依据'
  const pick = (basis: Basis) => {
    onChange(basis)
    setOpen(false)
  }
  return (
    <>
      <Button
        size={size}
        danger={!value}
        onClick={() => setOpen(true)}
        aria-label={value ? `更换${label}` : `选择${label}`}
      >
        {value ? (size === 'small' ? `${value.title.slice(0, 8)}…${value.clause}` : '更换依据') : '选择依据'}
      </Button>
      {value && size !== 'small' && (
        <div className="basis-chosen">
          <b>{basisText(value)}</b>
          <label htmlFor="basis-clause">
            条款
            <Input
              id="basis-clause"
              value={value.clause}
              maxLength={200}
              onChange={({ target }) => onChange({ ...value, clause: target.value })}
            />
          </label>
        </div>
      )}
      <Modal
        title={`选择${label}`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        footer={null}
        destroyOnHidden
        width={640}
      >
        <p className="muted">以共享为原则、不共享为例外；不予共享必须有法律、行政法规或党中央、国务院政策依据。</p>
        <Chooser onPick={pick} />
      </Modal>
    </>
  )
}
