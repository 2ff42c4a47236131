import { h, icon } from '../app/dom.js';
import { when } from '../app/format.js';
import { t } from '../app/text.js';

const order = ['open', 'assigned', 'accepted', 'enRoute', 'inProgress', 'completed'];
const symbols = {
    open: 'ticket', assigned: 'person', accepted: 'check', enRoute: 'van', inProgress: 'wrench', completed: 'shield',
};

// How far a ticket is, as the six steps a customer knows: [{ key, state: 'done' | 'now' | 'later', at }].
//
// The step after the last one reached is under way: while nobody is found, that is the search.
export function stepsOf(ticket) {
    const visit = ticket.visits?.findLast(({ state }) => isCurrent(ticket, state));
    const at = {
        open: ticket.createdAt,
        assigned: visit?.assignedAt,
        accepted: visit?.acceptedAt,
        enRoute: visit?.departedAt,
        inProgress: visit?.arrivedAt,
        completed: visit?.endedAt,
    };
    const reached = order.indexOf(ticket.state === 'closed' ? 'completed' : ticket.state);
    // On the way and at work are steps to be in; filed, found and accepted are steps to have behind.
    const now = ['enRoute', 'inProgress'].includes(ticket.state) ? reached : reached + 1;
    return order.map((key, index) => ({
        key,
        state: index < now ? 'done' : index === now ? 'now' : 'later',
        at: index <= reached ? at[key] ?? null : null,
    }));
}

// A visit that ended belongs to the steps of a finished ticket only: after it another one has its own.
function isCurrent(ticket, visitState) {
    const isOver = ['completed', 'closed'].includes(ticket.state);
    return isOver ? visitState === 'done' : !['done', 'rejected', 'withdrawn'].includes(visitState);
}

export function stepList(ticket) {
    return h('ol', { class: 'steps', 'aria-label': t('progress.label') }, stepsOf(ticket).map((step) => stepItem(step, ticket)));
}

function stepItem({ key, state, at }, ticket) {
    return h('li', { class: state, 'aria-current': state === 'now' ? 'step' : null },
        h('span', { class: 'mark' }, icon(state === 'done' ? 'check' : symbols[key], 18)),
        h('div', {},
            h('span', { class: 'what' },
                h('span', { class: 'unseen' }, `${t(`progress.${state}`)} `),
                // The one step that is under way before it has begun: accepted, not yet on the road.
                t(key === 'enRoute' && ticket.state === 'accepted' ? 'progress.enRoute.soon' : `progress.${key}.${state}`)),
            at && h('time', { class: 'when', datetime: at }, when(at, ticket.timeZone))));
}

// One sentence: where the ticket is. A name is told once its owner has said yes.
export function headline(ticket) {
    const name = ticket.expert?.name ?? t('progress.someone');
    if (ticket.paused)
        return t(`headline.paused.${ticket.paused}`);
    if (ticket.state === 'open' && ticket.waitingFor)
        return t('headline.waiting');
    return t(`headline.${ticket.state}`, { name });
}

export function isOver(state) {
    return ['completed', 'closed', 'cancelled'].includes(state);
}

export function statePill({ state, paused }) {
    if (paused)
        return h('span', { class: 'pill looking' }, t('state.paused'));
    const tone = { open: 'looking', assigned: 'looking', completed: 'done' }[state] ?? (isOver(state) ? '' : 'moving');
    return h('span', { class: `pill ${tone}` }, t(`state.${state}`));
}
