import { button, ghosts, h, replace } from '../app/dom.js';
import { day, money } from '../app/format.js';
import { Problem, sentence } from '../app/problem.js';
import { t } from '../app/text.js';
import { load } from './load.js';

const pageSize = 12; // a year of months

// What the customer was billed, newest first.
export function bills(app, signal) {
    const content = h('div', { class: 'stack' });
    const known = [];
    const show = () => load({
        into: content,
        ghost: ghosts(64),
        signal,
        push: app.push,
        fetch: () => app.api.invoices({ limit: pageSize }),
        show: (page) => {
            known.splice(0, known.length, ...page.items);
            draw(page.nextCursor);
        },
    });
    const more = async (cursor) => {
        try {
            const page = await app.api.invoices({ limit: pageSize, cursor });
            known.push(...page.items);
            draw(page.nextCursor);
        } catch (problem) {
            if (!(problem instanceof Problem) || problem.isOver)
                throw problem;
            app.shell.notice(sentence(problem), 'warning');
        }
    };
    const draw = (cursor) => replace(content,
        known.length > 0
            ? h('ul', { class: 'listing' }, known.map(billItem))
            : h('p', { class: 'soft' }, t('bill.none')),
        cursor && h('div', { class: 'row' }, button(t('bill.more'), { class: 'quiet', on: { click: () => more(cursor) } })));
    show();
    return content;
}

function billItem(bill) {
    return h('li', {},
        h('div', { class: 'grow' },
            h('h3', {}, bill.text),
            h('p', { class: 'soft small' }, details(bill)),
            bill.state !== 'paid' && bill.trouble && h('p', { class: 'small' }, t('bill.trouble', { reason: bill.trouble }))),
        h('span', { class: 'amount' }, money(bill.total)),
        h('span', { class: bill.state === 'paid' ? 'pill done' : 'pill' }, t(`bill.${bill.state}`)));
}

function details(bill) {
    const parts = [t('bill.number', { number: bill.number })];
    if (bill.tax.minor > 0)
        parts.push(t('bill.tax', { tax: money(bill.tax) }));
    if (bill.paidAt && bill.cardLast4)
        parts.push(t('bill.paidWith', { date: day(bill.paidAt), last4: bill.cardLast4 }));
    if (bill.refunded.minor > 0)
        parts.push(t('bill.refunded', { amount: money(bill.refunded) }));
    return parts.join(' · ');
}
