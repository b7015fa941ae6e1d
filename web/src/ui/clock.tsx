import { Tag } from 'antd'

export interface ClockView {
  readonly light: string
  readonly left_days: number
  readonly overdue_days: number
  readonly due_on: string | null
}

const COLOURS: Record<string, string> = {
  green: '#1f7a1f',
  yellow: '#8a5300',
  red: '#b3261e',
  stopped: '#4a5560',
  idle: '#4a5560',
}

const textOf = ({ light, left_days, overdue_days }: ClockView): string => {
  if (light === 'stopped') return '已办结'
  if (light === 'red') return `超期 ${overdue_days} 个工作日`
  return `剩 ${left_days} 个工作日`
}

/** Remaining working time in words and colour — never colour alone. */
export const ClockTag = ({ clock }: { clock: ClockView | null | undefined }) =>
  clock ? (
    <Tag
      color={COLOURS[clock.light] ?? COLOURS.idle}
      variant="solid"
      title={clock.due_on ? `截止 ${clock.due_on}` : undefined}
    >
      {textOf(clock)}
    </Tag>
  ) : null
