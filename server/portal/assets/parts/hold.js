import { button, h, note } from '../app/dom.js';
import { when } from '../app/format.js';
import { t } from '../app/text.js';
import { isOver } from './progress.js';

// What we wait for when the ticket stands still for its customer, what they can do, and when it goes on without them.
export function pauseNote(ticket, write) {
    return ticket.paused && note('warn',
        h('p', {}, h('b', {}, t(`pause.${ticket.paused}`))),
        ticket.pausedUntil && h('p', {}, t('pause.until', { date: when(ticket.pausedUntil, ticket.timeZone) })),
        h('p', {}, t('pause.clock')),
        h('div', { class: 'row' }, button(t('pause.write'), { class: 'quiet', on: { click: write } })));
}

// The visit, or the repair, is late and we have said so; until somebody is there, or it is done.
export function delayNote(ticket, changes) {
    const last = changes.findLast(({ action }) => ['delay', 'arrive', 'complete', 'revisit', 'reopen'].includes(action));
    if (last?.action !== 'delay' || isOver(ticket.state) || ticket.paused)
        return null;
    const title = t(ticket.state === 'inProgress' ? 'delay.title.inProgress' : 'delay.title');
    return note('warn', h('p', {}, h('b', {}, title)), h('p', {}, t('delay.text')));
}
