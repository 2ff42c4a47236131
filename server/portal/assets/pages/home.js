import { Draft } from '../app/draft.js';
import { button, ghosts, h, link, note, replace } from '../app/dom.js';
import { redraw } from '../app/focus.js';
import { when } from '../app/format.js';
import { orElse, Problem, sentence } from '../app/problem.js';
import { t } from '../app/text.js';
import { emptyState, load } from '../parts/load.js';
import { headline, isOver, statePill } from '../parts/progress.js';
import { standingNote, standingOf } from '../parts/standing.js';
import { TicketList } from '../parts/ticket_list.js';

export function homePage(app, { signal }) {
    const content = h('div', { class: 'stack-large' });
    const said = h('p', { class: 'unseen', role: 'status' });
    const tickets = new TicketList(app.api);
    const draft = new Draft(app.api, app.session.account?.id, signal);
    let hasPlan = true;
    let standing = null;

    const draw = (changedId = null) => replace(content,
        standingNote(standing),
        hints(draft, hasPlan),
        tickets.isEmpty ? nothingYet() : groups(tickets, changedId),
        tickets.hasMore && h('div', { class: 'row' }, button(t('home.more'), { class: 'quiet', on: { click: more } })));
    const more = async () => {
        try {
            await tickets.loadMore();
            redraw(content, draw);
        } catch (problem) {
            if (!(problem instanceof Problem))
                throw problem;
            app.shell.notice(sentence(problem), 'warning');
        }
    };
    const refresh = () => load({
        into: content,
        ghost: ghosts(112, 112, 112),
        signal,
        push: app.push,
        fetch: async () => {
            // Whether there is a plan is a hint; the tickets are what people come for.
            const [plans, now] = await Promise.all([
                orElse(null, app.api.subscriptions()), standingOf(app), tickets.load(),
            ]);
            standing = now ?? standing;
            hasPlan = plans?.some(({ state }) => state === 'active') ?? hasPlan;
        },
        show: () => redraw(content, draw),
    });

    app.push.addEventListener('resync', refresh, { signal });
    app.push.addEventListener('account.changed', refresh, { signal });
    app.push.addEventListener('ticket.changed', ({ detail: { ticket } }) => {
        if (!tickets.merge(ticket))
            return;
        redraw(content, () => draw(ticket.id));
        said.textContent = t('home.changed', { number: ticket.number, headline: headline(ticket) });
    }, { signal });

    refresh();
    return {
        title: t('home.title'),
        element: h('div', { class: 'page middle' },
            h('div', { class: 'page-head' }, h('h1', {}, t('home.title'))),
            content, said),
    };
}

function hints(draft, hasPlan) {
    return [
        draft.isUndecided && note('warn', h('p', {}, t('home.undecided'), ' ', link(t('home.undecided.link'), '/tickets/new'))),
        !hasPlan && note('', h('p', {}, t('home.noPlan'), ' ', link(t('home.noPlan.link'), '/plans'))),
    ];
}

function nothingYet() {
    return emptyState('shield', t('home.empty'), t('home.empty.text'), link(t('nav.file'), '/tickets/new', { class: 'button' }));
}

function groups({ active, past }, changedId) {
    return [
        active.length > 0 && group(t('home.active'), active, changedId),
        past.length > 0 && group(t('home.past'), past, changedId),
    ];
}

function group(title, tickets, changedId) {
    return h('section', { class: 'group' },
        h('h2', {}, title),
        h('ul', { class: 'ticket-list' }, tickets.map((ticket) => card(ticket, ticket.id === changedId))));
}

function card(ticket, isFresh) {
    return h('li', { class: `card ticket-card ${isFresh ? 'fresh' : ''}` },
        h('h3', {}, link(ticket.subject, `/tickets/${ticket.id}`)),
        statePill(ticket),
        !isOver(ticket.state) && h('p', { class: 'now' }, headline(ticket)),
        h('p', { class: 'meta' },
            h('span', { class: 'number' }, ticket.number),
            h('span', {}, ticket.productName),
            h('span', {}, t('home.filed', { when: when(ticket.createdAt) }))));
}
