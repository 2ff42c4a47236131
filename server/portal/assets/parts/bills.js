import { button, ghosts, h, replace } from '../app/dom.js';
import { day, money } from '../app/format.js';
import { Problem, sentence } from '../app/problem.js';
import { t } from '../app/text.js';
import { load } from './load.js';
import { paperButton } from './paper.js';

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
            ? h('ul', { class: 'listing' }, known.map((bill) => billItem(app, bill)))
            : h('p', { class: 'soft' }, t('bill.none')),
        known.length > 0 && statements(app),
        cursor && h('div', { class: 'row' }, button(t('bill.more'), { class: 'quiet', on: { click: () => more(cursor) } })));
    // Whoever looks at older bills keeps them: the change is at the top.
    app.push.addEventListener('account.changed', () => known.length <= pageSize && show(), { signal });
    show();
    return content;
}

// This year's and last year's, by the customer's own calendar.
function statements(app) {
    const year = new Date().getFullYear();
    const oneYear = (of) => paperButton(app, t('bill.statement', { year: of }), {
        name: `statement-${of}.pdf`,
        fetch: () => app.api.statementPdf({
            from: new Date(of, 0, 1).toISOString(),
            to: new Date(of + 1, 0, 1).toISOString(),
        }),
    });
    return h('div', { class: 'row' }, oneYear(year), oneYear(year - 1));
}

// A bill, and a credit note for each part of it that was given back.
function papers(app, bill) {
    const row = h('div', { class: 'row' },
        paperButton(app, t('bill.pdf'), {
            name: `${bill.number}.pdf`,
            fetch: () => app.api.invoicePdf(bill.id),
            attributes: { 'aria-label': t('bill.pdfOne', { number: bill.number }) },
        }));
    if (bill.refunded.minor > 0) {
        const show = button(t('bill.credits'), {
            class: 'quiet slim',
            'aria-label': t('bill.creditsOne', { number: bill.number }),
            on: { click: () => showCredits(app, bill, row, show) },
        });
        row.append(show);
    }
    return row;
}

async function showCredits(app, bill, row, pressed) {
    try {
        const notes = (await app.api.refunds(bill.id)).filter(({ creditNote }) => creditNote);
        const made = notes.map(({ id, creditNote }) => paperButton(app, creditNote, {
            name: `${creditNote}.pdf`,
            fetch: () => app.api.creditNotePdf(id),
            attributes: { 'aria-label': t('bill.creditOne', { number: creditNote }) },
        }));
        if (made.length === 0)
            return app.shell.notice(t('bill.credits.soon'));
        pressed.replaceWith(...made);
        made[0].focus();
    } catch (problem) {
        if (!(problem instanceof Problem) || problem.isOver)
            throw problem;
        app.shell.notice(sentence(problem), 'warning');
    }
}

function billItem(app, bill) {
    return h('li', {},
        h('div', { class: 'grow' },
            h('h3', {}, bill.text),
            h('p', { class: 'soft small' }, details(bill)),
            bill.state !== 'paid' && bill.trouble && h('p', { class: 'small' }, t('bill.trouble', { reason: bill.trouble })),
            papers(app, bill)),
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
