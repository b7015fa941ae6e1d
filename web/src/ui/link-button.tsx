import { Button, type ButtonProps } from 'antd'
import { useHref, useNavigate } from 'react-router'

/** A link that looks like a button: opens in a new tab like any link, and is one element for assistive technology. */
export const LinkButton = ({ to, ...rest }: { to: string } & Omit<ButtonProps, 'href' | 'onClick'>) => {
  const navigate = useNavigate()
  const href = useHref(to)
  return (
    <Button
      {...rest}
      href={href}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
        event.preventDefault()
        navigate(to)
      }}
    />
  )
}
