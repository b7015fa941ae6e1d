import { NavLink } from 'react-router'
import { MENU_GROUPS } from '../feature.ts'
import { FEATURES } from '../features.ts'
import { meets, useSession } from '../session.ts'

/** Only what the person may do, in the order of the groups. */
export const SideMenu = () => {
  const session = useSession()
  const entries = FEATURES.flatMap(({ menu }) => menu).filter(({ need }) => meets(session, need))
  const groups = Object.entries(MENU_GROUPS)
    .map(([key, title]) => ({ key, title, own: entries.filter(({ group }) => group === key) }))
    .filter(({ own }) => own.length > 0)
  return (
    <nav className="side-menu" aria-label="主菜单">
      {groups.map(({ key, title, own }) => (
        <div key={key}>
          <h2 id={`menu-${key}`}>{title}</h2>
          <ul aria-labelledby={`menu-${key}`}>
            {own.map((entry) => (
              <li key={entry.path}>
                <NavLink to={entry.path} end>
                  {entry.title}
                </NavLink>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}
