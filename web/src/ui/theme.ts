import type { ThemeConfig } from 'antd'

/** antd's tokens, darkened where the defaults miss WCAG AA contrast (4.5 : 1) on white and on tinted grounds. */
export const THEME: ThemeConfig = {
  token: {
    colorPrimary: '#0b5cad',
    colorLink: '#0b5cad',
    colorLinkHover: '#08437f',
    colorSuccess: '#1f7a1f',
    colorWarning: '#8a5300',
    colorError: '#b3261e',
    colorTextSecondary: '#4a5560',
    colorTextTertiary: '#55606b',
    colorTextDescription: '#4a5560',
    colorTextPlaceholder: '#5f6a75',
    colorTextDisabled: '#5f6a75',
    borderRadius: 6,
    fontFamily: 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
  },
  components: {
    Layout: { headerBg: '#0b3d73', siderBg: '#ffffff', headerPadding: '0 16px' },
    Menu: { itemSelectedBg: '#e3eefa', itemSelectedColor: '#0b3d73' },
    Table: { headerBg: '#f1f4f7' },
  },
}
