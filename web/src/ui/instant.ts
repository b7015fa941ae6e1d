const TIME = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' })

/** An instant as the province reads it: `2017-11-25 09:30:00`, Asia/Shanghai. */
export const timeText = (instant: string): string => TIME.format(new Date(instant))
