import { t } from './text.js';
import { language } from './messages.js';

// Dates, numbers and money as the visitor's own locale writes them, as long as it speaks the language of the page.
export const locale = (globalThis.navigator?.languages ?? []).find((each) => each.split('-')[0] === language) ?? 'en-US';

const ownZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const formats = new Map();

function format(options) {
    const key = JSON.stringify(options);
    if (!formats.has(key))
        formats.set(key, new Intl.DateTimeFormat(locale, options));
    return formats.get(key);
}

function dayNumber(date, timeZone) {
    const [year, month, day] = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
        .format(date).split('-').map(Number);
    return Date.UTC(year, month - 1, day) / 86_400_000;
}

// "today, 10:02 AM", "Nov 3, 10:02 AM", with the year when it is another one and with the zone when it is not ours.
export function when(instant, timeZone = ownZone, now = new Date()) {
    const date = new Date(instant);
    const zone = timeZone === ownZone ? {} : { timeZone, timeZoneName: 'short' };
    const time = format({ hour: 'numeric', minute: '2-digit', ...zone }).format(date);
    const daysAgo = dayNumber(now, timeZone) - dayNumber(date, timeZone);
    if (daysAgo === 0)
        return t('when.today', { time });
    if (daysAgo === 1)
        return t('when.yesterday', { time });
    if (daysAgo === -1)
        return t('when.tomorrow', { time });
    const year = date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
    return format({ month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit', ...year, ...zone }).format(date);
}

export function day(instant) {
    return format({ dateStyle: 'long' }).format(new Date(instant));
}

// Amounts travel in minor units; how many make one major unit is the currency's own matter.
export function money({ minor, currency }) {
    const style = new Intl.NumberFormat(locale, { style: 'currency', currency });
    const digits = style.resolvedOptions().maximumFractionDigits;
    const major = minor / 10 ** digits;
    if (Number.isInteger(major))
        return new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 }).format(major);
    return style.format(major);
}

// "Home, Business and Essential".
export function list(names) {
    return new Intl.ListFormat(locale, { type: 'conjunction' }).format(names);
}

export function minutes(count) {
    if (count < 60)
        return t('span.minutes', { count });
    if (count < 48 * 60)
        return t('span.hours', { count: Math.round(count / 60) });
    return t('span.days', { count: Math.round(count / 1440) });
}

// "+12125550123" as Americans write it; any other number as it is.
export function phone(number) {
    const us = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number ?? '');
    return us ? `(${us[1]}) ${us[2]}-${us[3]}` : number ?? '';
}

export function addressLines(address) {
    return [address.line1, address.line2, `${address.city}, ${address.state} ${address.zip}`].filter(Boolean);
}

// "smart-tv" → "Smart TV": keys of our own data, for want of a name.
export function spoken(slug) {
    const words = slug.split('-').map((word) => (/^(tv|uhd|pc|nas)$/.test(word) ? word.toUpperCase() : word));
    const text = words.join(' ');
    return text.charAt(0).toUpperCase() + text.slice(1);
}
