import { App as AntApp, ConfigProvider, Drawer } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import { Suspense, useEffect, useState } from 'react'
import { Link, Navigate, Route, Routes, useLocation } from 'react-router'
import { themeOf } from '../../ui/theme.ts'
import { type Display, keepDisplay, readDisplay } from '../display.ts'
import { ErrorBoundary } from '../error-boundary.tsx'
import type { FeatureRoute } from '../feature.ts'
import { FEATURES } from '../features.ts'
import { meets, useSession } from '../session.ts'
import { DisplayChoices } from './display-switch.tsx'
import { Footer } from './footer.tsx'
import { Header } from './header.tsx'
import { HelpPage } from './help.page.tsx'
import { Denied, Missing, PageLoading } from './page-states.tsx'
import { SideMenu } from './side-menu.tsx'
import './shell.css'

const Guarded = ({ route }: { route: FeatureRoute }) =>
  meets(useSession(), route.need) ? <route.page /> : <Denied need={route.need} />

const Pages = () => {
  const { pathname } = useLocation()
  return (
    <ErrorBoundary key={pathname}>
      <Suspense fallback={<PageLoading />}>
        <Routes>
          {FEATURES.flatMap(({ routes }) => routes).map((route) => (
            <Route key={route.path} path={route.path} element={<Guarded route={route} />} />
          ))}
          <Route path="/help" element={<HelpPage />} />
          {/* Who signed in at the door's own address has no page there to go back to. */}
          <Route path="/login" element={<Navigate to="/" replace />} />
          <Route path="*" element={<Missing />} />
        </Routes>
      </Suspense>
    </ErrorBoundary>
  )
}

/** Reading a new page begins at its top. */
const useArrival = () => {
  const { pathname } = useLocation()
  // In braces: newer browsers give a promise back, which React would take for the effect's cleanup.
  useEffect(() => {
    window.scrollTo(0, 0)
  }, [pathname])
}

const Frame = ({ display, onDisplay }: { display: Display; onDisplay: (display: Display) => void }) => {
  const [isMenuOpen, setMenuOpen] = useState(false)
  const { pathname } = useLocation()
  useArrival()
  useEffect(() => setMenuOpen(false), [pathname])
  return (
    <div className="shell">
      <Header display={display} onDisplay={onDisplay} onMenu={() => setMenuOpen(true)} />
      <aside className="shell-side">
        <SideMenu />
      </aside>
      <Drawer placement="left" size={288} open={isMenuOpen} onClose={() => setMenuOpen(false)} title="三江 · 菜单">
        <SideMenu />
        <div className="drawer-foot">
          <DisplayChoices display={display} onDisplay={onDisplay} />
          <Link to="/help">帮助</Link>
        </div>
      </Drawer>
      <main id="main" tabIndex={-1} className="shell-main">
        <Pages />
      </main>
      <Footer />
    </div>
  )
}

/** Everything a signed-in person sees: header, menu, the page, footer. */
export const Shell = () => {
  const [display, setDisplay] = useState(readDisplay)
  const change = (next: Display) => {
    keepDisplay(next)
    setDisplay(next)
  }
  return (
    <ConfigProvider locale={zhCN} theme={themeOf(display)} button={{ autoInsertSpace: false }}>
      <AntApp>
        <Frame display={display} onDisplay={change} />
      </AntApp>
    </ConfigProvider>
  )
}
