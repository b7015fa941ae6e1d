import type { ThemeConfig } from 'antd'

interface Wanted {
  readonly size: 'normal' | 'large'
  readonly contrast: 'normal' | 'high'
}

const HIGH = {
  colorPrimary: '#08315e',
  colorLink: '#08315e',
  colorText: '#000000',
  colorTextSecondary: '#1a1f24',
  colorTextTertiary: '#1a1f24',
  colorTextDescription: '#1a1f24',
  colorTextPlaceholder: '#2c343c',
  colorTextDisabled: '#2c343c',
  colorBorder: '#1a1f24',
  colorBorderSecondary: '#4a5560',
}

/** antd's tokens, darkened where the defaults miss WCAG AA contrast (4.5 : 1) on white and on tinted grounds. */
export const themeOf = ({ size, contrast }: Wanted): ThemeConfig => ({
  token: {
    colorPrimary: '#0b5cad',
    colorLink: '#0b5cad',
    colorLinkHover: '#08437f',
    colorSuccess: '#1f7a1f',
    colorWarning: '#8a5300',
    colorError: '#b3261e',
    colorErrorBg: '#fdf0ef',
    colorWarningBg: '#fff6e0',
    colorSuccessBg: '#eef8ee',
    colorInfoBg: '#eef5fd',
    colorText: '#1a1f24',
    colorTextSecondary: '#4a5560',
    colorTextTertiary: '#55606b',
    colorTextDescription: '#4a5560',
    colorTextPlaceholder: '#5f6a75',
    colorTextDisabled: '#5f6a75',
    colorBorder: '#b8c2cc',
    colorBorderSecondary: '#d5dce3',
    borderRadius: 6,
    fontSize: size === 'large' ? 17 : 14,
    controlHeight: size === 'large' ? 40 : 34,
    fontFamily: '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif',
    ...(contrast === 'high' ? HIGH : {}),
  },
  components: {
    Table: { headerBg: '#f1f4f7', cellPaddingBlockSM: 7 },
    Card: { headerFontSize: size === 'large' ? 18 : 15 },
  },
})
