import { ghosts, h, icon, link, replace } from '../app/dom.js';
import { redraw } from '../app/focus.js';
import { headingArrived } from '../app/router.js';
import { sentence } from '../app/problem.js';
import { t } from '../app/text.js';
import { Comments } from '../parts/comments.js';
import { load, retryButton } from '../parts/load.js';
import { headline, isOver, statePill, stepList } from '../parts/progress.js';
import { actions } from '../parts/ticket_actions.js';
import { shortPage } from '../parts/short_page.js';
import { delayNote, pauseNote } from '../parts/hold.js';
import { because } from '../parts/waiting.js';
import { details, expertCard, history, resolution } from '../parts/ticket_details.js';

// What a summary leaves out when it is not so; the ticket as it was must not say it on.
const unsaid = { expert: undefined, waitingFor: undefined, paused: undefined, pausedUntil: undefined };

export function ticketPage(app, { params, signal }) {
    const page = new TicketPage(app, params.id, signal);
    page.start();
    return { title: t('ticket.loading'), element: page.element };
}

// One ticket, followed live: what is pushed is shown at once, and the rest is fetched anew behind it.
class TicketPage {
    element = h('div', {});
    #app;
    #id;
    #signal;
    #ticket = null;
    #changes = [];
    #loading = null;
    #isDirty = false;
    #parts = null;
    #comments;

    constructor(app, id, signal) {
        this.#app = app;
        this.#id = id;
        this.#signal = signal;
        this.#comments = new Comments(app, id);
    }

    start() {
        const { push } = this.#app;
        push.addEventListener('resync', () => this.#refresh(), { signal: this.#signal });
        push.addEventListener('ticket.changed', ({ detail }) => this.#changed(detail.ticket), { signal: this.#signal });
        this.#refresh();
    }

    // The summary has no visits or texts; it tells state, expert and reason a moment before the full ticket is here.
    #changed(summary) {
        if (summary.id !== this.#id)
            return;
        if (this.#ticket && summary.version > this.#ticket.version) {
            this.#ticket = { ...this.#ticket, ...unsaid, ...summary };
            this.#draw();
        }
        this.#refresh();
    }

    // One load at a time; what changes during it makes another one.
    #refresh() {
        this.#isDirty = true;
        this.#loading ??= this.#loadWhileDirty().finally(() => {
            this.#loading = null;
        });
        return this.#loading;
    }

    async #loadWhileDirty() {
        while (this.#isDirty && !this.#signal.aborted) {
            this.#isDirty = false;
            await load({
                into: this.element,
                ghost: h('div', { class: 'page' }, ghosts(80, 420, 160)),
                signal: this.#signal,
                push: this.#app.push,
                fetch: () => Promise.all([
                    this.#app.api.ticket(this.#id), this.#app.api.history(this.#id), this.#app.api.comments(this.#id),
                ]),
                show: (answers) => this.#loaded(...answers),
                missing: () => this.#sayMissing(),
                fail: (problem, again) => this.#sayProblem(problem, again),
            });
        }
    }

    #loaded(ticket, changes, comments) {
        if (!this.#ticket || ticket.version >= this.#ticket.version)
            this.#ticket = ticket;
        this.#changes = changes;
        this.#comments.show(comments, ticket.timeZone);
        this.#draw();
    }

    #sayMissing() {
        this.#app.router.setTitle(t('ticket.missing'));
        replace(this.element, shortPage({
            title: t('ticket.missing'),
            text: t('ticket.missing.text'),
            action: link(t('ticket.missing.link'), '/home', { class: 'button' }),
        }));
        headingArrived(this.element);
    }

    #sayProblem(problem, again) {
        this.#app.router.setTitle(t('ticket.problem'));
        return h('div', { role: 'alert' }, shortPage({
            title: t('ticket.problem'),
            text: `${sentence(problem)} ${t('ticket.problem.text')}`,
            action: [
                retryButton(again),
                link(t('ticket.missing.link'), '/home', { class: 'button quiet' }),
            ],
        }));
    }

    #draw() {
        if (!this.#parts)
            this.#build();
        const ticket = this.#ticket;
        const parts = this.#parts;
        update(parts.pill, [ticket.state, ticket.paused], () => statePill(ticket));
        update(parts.headline, headline(ticket), (text) => text);
        update(parts.because, because(ticket), (text) => text && h('p', { class: 'because' }, text));
        update(parts.pause, [ticket.paused, ticket.pausedUntil], () => pauseNote(ticket, () => this.#comments.focus()));
        update(parts.delay, [ticket.state, ticket.paused, this.#changes], () => delayNote(ticket, this.#changes));
        update(parts.steps, [ticket.state, ticket.visits], () => ticket.state !== 'cancelled' && stepList(ticket));
        update(parts.expert, [ticket.expert, ticket.state], () => expertCard(ticket));
        update(parts.resolution, [ticket.resolution, ticket.state, ticket.visits], () => resolution(ticket));
        update(parts.details, { ...ticket, updatedAt: null, version: null }, () => details(ticket));
        update(parts.history, this.#changes, () => history(ticket, this.#changes));
        update(parts.actions, [ticket.state, ticket.visits], () => actions(this.#app, ticket, () => this.#refresh()));
        this.#comments.allow(!isOver(ticket.state) || ticket.state === 'completed');
    }

    #build() {
        const ticket = this.#ticket;
        const slot = (attributes = {}) => h('div', attributes);
        // The sentence is the live region: screen readers hear what others see.
        this.#parts = {
            pill: h('span', {}),
            headline: h('p', { class: 'headline', role: 'status' }),
            because: slot({ 'aria-live': 'polite' }),
            pause: slot({ 'aria-live': 'polite' }),
            delay: slot({ 'aria-live': 'polite' }),
            steps: slot(), expert: slot(), resolution: slot(), details: slot(), history: slot(), actions: slot(),
        };
        this.#app.router.setTitle(t('ticket.title', { number: ticket.number }));
        replace(this.element, h('div', { class: 'page' },
            link([icon('chevron', 16), t('nav.back')], '/home', { class: 'back' }),
            h('header', { class: 'ticket-head' },
                h('div', { class: 'row' }, h('span', { class: 'soft number' }, ticket.number), this.#parts.pill),
                h('h1', {}, ticket.subject)),
            h('div', { class: 'ticket-grid' },
                h('div', { class: 'stack-large' }, this.#progress(), this.#comments.element),
                h('div', { class: 'stack-large' },
                    card(t('ticket.details'), this.#parts.details),
                    card(t('ticket.history'), this.#parts.history),
                    this.#parts.actions))));
        headingArrived(this.element);
    }

    #progress() {
        const { headline: sentence, because: reason, pause, delay, steps, expert, resolution: outcome } = this.#parts;
        return h('section', { class: 'card progress', 'aria-label': t('ticket.progress') },
            sentence, reason, pause, delay, outcome, steps, expert);
    }
}

function card(title, content) {
    return h('section', { class: 'card stack' }, h('h2', {}, title), content);
}

// Draws a part again when what it shows has changed, so that nothing that is being read or focused is taken away.
const drawn = new WeakMap();
function update(slot, value, draw) {
    const mark = JSON.stringify(value ?? null);
    if (drawn.get(slot) === mark)
        return;
    drawn.set(slot, mark);
    redraw(slot, () => replace(slot, draw(value)));
}
