import { h, icon, note } from '../app/dom.js';
import { addressLines, phone, when } from '../app/format.js';
import { has, t } from '../app/text.js';

export function details(ticket) {
    const rows = [
        ['ticket.device', ticket.productName],
        ['ticket.serial', ticket.serialNumber],
        ['ticket.description', ticket.description && h('span', { class: 'pre' }, ticket.description)],
        ['ticket.address', addressLines(ticket.address).map((line) => h('div', {}, line))],
        ['ticket.contact', [h('div', {}, ticket.contactName), h('div', {}, phone(ticket.contactPhone))]],
        ['ticket.coverage', t(`ticket.coverage.${ticket.coverageReason}`)],
        ['ticket.filed', h('time', { datetime: ticket.createdAt }, when(ticket.createdAt, ticket.timeZone))],
    ];
    return h('dl', { class: 'facts' }, rows.filter(([, value]) => value).map(([key, value]) =>
        h('div', {}, h('dt', {}, t(key)), h('dd', {}, value))));
}

// Told from the moment the expert has said yes.
export function expertCard(ticket) {
    if (!ticket.expert || !['accepted', 'enRoute', 'inProgress', 'completed', 'closed'].includes(ticket.state))
        return null;
    const { name } = ticket.expert;
    return h('div', { class: 'expert' },
        h('span', { class: 'initials', 'aria-hidden': 'true' }, initials(name)),
        h('div', {}, h('p', { class: 'soft small' }, t('ticket.expert')), h('p', {}, h('b', {}, name))));
}

function initials(name) {
    const words = name.split(/\s+/).filter(Boolean);
    return [words[0], words.length > 1 ? words.at(-1) : ''].map((word) => [...(word ?? '')][0] ?? '').join('').toUpperCase();
}

// What was done, or that somebody has to come again and why.
export function resolution(ticket) {
    if (ticket.resolution)
        return note('good', h('p', {}, h('b', {}, t('ticket.resolution'))), h('p', { class: 'pre' }, ticket.resolution));
    const before = ticket.visits.findLast(({ state }) => state === 'done');
    const isAgain = before && !['completed', 'closed', 'cancelled'].includes(ticket.state);
    return isAgain && note('',
        h('p', {}, h('b', {}, t('ticket.again'))),
        before.note && h('p', {}, t('ticket.again.text', { name: before.expert.name, note: before.note })));
}

export function history(ticket, changes) {
    return h('ol', { class: 'timeline' }, changes.map((change) => h('li', {},
        h('p', {}, sentence(change)),
        change.reason && h('q', {}, change.reason),
        h('time', { class: 'when', datetime: change.at }, when(change.at, ticket.timeZone)))));
}

function sentence({ action, actor, actorRole }) {
    const key = has(`history.${action}`) ? `history.${action}` : 'history.other';
    return t(key, { who: actorRole === 'customer' ? t('who.you') : actor });
}
