import type { FormState } from '@sanjiang/contract/site.intake'

interface ChoicesProps {
  readonly form: FormState
  readonly name: string
  readonly title: string
  readonly choices: Readonly<Record<string, string>>
}

const faultIn = ({ faults }: FormState, name: string) => faults.find(({ field }) => field === name)?.message

const Fault = ({ name, text }: { readonly name: string; readonly text: string | undefined }) =>
  text ? (
    <p className="fault" id={`${name}-fault`}>
      {text}
    </p>
  ) : null

interface ManyProps extends ChoicesProps {
  readonly type: 'radio' | 'checkbox'
}

/** The first choice carries the field's own id, so that the summary of faults leads to it. */
const Many = ({ form, name, title, choices, type }: ManyProps) => {
  const chosen = (form.values[name] ?? '').split(',')
  const fault = faultIn(form, name)
  return (
    <fieldset className={fault ? 'field wrong' : 'field'} aria-describedby={fault && `${name}-fault`}>
      <legend>{title}</legend>
      <Fault name={name} text={fault} />
      {Object.entries(choices).map(([value, words], at) => (
        <label key={value} className="choice" htmlFor={at === 0 ? name : `${name}-${value}`}>
          <input
            type={type}
            id={at === 0 ? name : `${name}-${value}`}
            name={name}
            value={value}
            defaultChecked={chosen.includes(value)}
          />
          {words}
        </label>
      ))}
    </fieldset>
  )
}

/** One of few. */
export const Pick = (props: ChoicesProps) => <Many {...props} type="radio" />

/** Any of few. */
export const CheckList = (props: ChoicesProps) => <Many {...props} type="checkbox" />

interface CheckOneProps {
  readonly form: FormState
  readonly name: string
  readonly value: string
  readonly title: string
}

/** One thing to be agreed to. */
export const CheckOne = ({ form, name, value, title }: CheckOneProps) => {
  const fault = faultIn(form, name)
  return (
    <div className={fault ? 'field wrong' : 'field'}>
      <Fault name={name} text={fault} />
      <label className="choice" htmlFor={name}>
        <input
          type="checkbox"
          id={name}
          name={name}
          value={value}
          aria-describedby={fault && `${name}-fault`}
          defaultChecked={form.values[name] === value}
        />
        {title}
      </label>
    </div>
  )
}
