import { newKey } from '../app/api.js';
import { button, h } from '../app/dom.js';
import { day } from '../app/format.js';
import { t } from '../app/text.js';
import { ask } from './dialog.js';
import { choices, textField } from './fields.js';
import { isOver } from './progress.js';

const reopenDays = 14; // the server's rule, and the server's word is final

// What the customer can do with the ticket as it is now.
export function actions(app, ticket, changed) {
    if (ticket.state === 'completed') {
        const until = reopenUntil(ticket);
        return until > new Date() && card(
            h('p', { class: 'soft' }, t('ticket.reopen.text', { date: day(until) })),
            button(t('ticket.reopen'), { class: 'quiet', on: { click: () => reopen(app, ticket, changed) } }),
        );
    }
    return !isOver(ticket.state) && card(
        button(t('ticket.cancel'), { class: 'danger', on: { click: () => cancel(app, ticket, changed) } }),
    );
}

function card(...children) {
    return h('section', { class: 'card stack' }, h('h2', {}, t('ticket.actions')), children);
}

function reopenUntil(ticket) {
    const done = new Date(ticket.visits.at(-1)?.endedAt ?? ticket.updatedAt);
    return new Date(done.getTime() + reopenDays * 86_400_000);
}

async function cancel(app, ticket, changed) {
    const reason = choices({
        name: 'reason',
        legend: t('ticket.cancel.legend'),
        options: ['works', 'otherwise', 'time', 'mistake'].map((each) => t(`ticket.cancel.${each}`)).map((text) => [text, text]),
    });
    const more = textField({ name: 'otherReason', maxLength: 400, optional: true });
    const key = newKey();
    const isDone = await ask({
        title: t('ticket.cancel.title', { number: ticket.number }),
        text: t('ticket.cancel.text'),
        content: [reason.element, more.element],
        fields: [more],
        submit: t('ticket.cancel.submit'),
        isDanger: true,
        send: () => app.api.cancelTicket(ticket.id, [reason.value, more.value].filter(Boolean).join(': '), key),
    });
    if (isDone)
        app.shell.notice(t('ticket.cancelled', { number: ticket.number }));
    changed();
}

async function reopen(app, ticket, changed) {
    const reason = textField({ name: 'reopenReason', maxLength: 500, rows: 3 });
    const key = newKey();
    const isDone = await ask({
        title: t('ticket.reopen.title', { number: ticket.number }),
        text: t('ticket.reopen.lead'),
        content: reason.element,
        fields: [reason],
        submit: t('ticket.reopen.submit'),
        send: () => app.api.reopenTicket(ticket.id, reason.value, key),
    });
    if (isDone)
        app.shell.notice(t('ticket.reopened', { number: ticket.number }));
    changed();
}
