import { Component, type ErrorInfo, type ReactNode } from 'react'

interface State {
  readonly error: Error | null
}

/** A page that fails says so and leaves the rest standing. A chunk that is gone means a new version was installed: reload helps. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { error: null }
  static getDerivedStateFromError = (error: Error): State => ({ error })
  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack)
  }
  override render(): ReactNode {
    const { error } = this.state
    if (!error) return this.props.children
    const isStale = /import|module|chunk/i.test(error.message)
    return (
      <div className="page" role="alert">
        <h1>{isStale ? '平台已更新' : '页面出错'}</h1>
        <p>{isStale ? '请重新载入页面，使用新版本。' : error.message}</p>
        <button type="button" className="plain-button" onClick={() => location.reload()}>
          重新载入
        </button>
      </div>
    )
  }
}
