import { newKey } from '../app/api.js';
import { button, ghosts, h, icon, link, note, replace } from '../app/dom.js';
import { focusOn } from '../app/focus.js';
import { day, list, minutes, money, spoken } from '../app/format.js';
import { orElse } from '../app/problem.js';
import { t } from '../app/text.js';
import { addCard } from '../parts/cards.js';
import { ask } from '../parts/dialog.js';
import { emptyState, load } from '../parts/load.js';

export function plansPage(app, { query, signal }) {
    const list = h('div', { class: 'plans', 'aria-live': 'off' });
    const banner = h('div', { class: 'bought', role: 'status' });
    const show = () => load({
        into: list,
        ghost: ghosts(420),
        signal,
        push: app.push,
        fetch: () => Promise.all([app.api.plans(), heldPlans(app), categoryNames(app)]),
        show: ([plans, held, names]) => {
            list.replaceChildren(...plans.sort(byPrice)
                .map((plan) => card(app, plan, { held, names, bought, switched })));
            if (plans.length === 0)
                list.append(emptyState('shield', t('plans.empty'), t('plans.empty.text')));
            const wanted = plans.find(({ id }) => id === query.get('plan'));
            if (wanted && app.session.isSignedIn && !held.has(wanted.id)) {
                history.replaceState(null, '', '/plans');
                buy(app, wanted, held, bought);
            }
        },
    });
    const bought = async (plan, subscription) => {
        banner.replaceChildren(subscription.state === 'pending' ? waits(plan) : covered(plan));
        scrollTo(0, 0);
        focusOn(banner);
        show();
        if (subscription.state !== 'pending')
            return;
        const cards = await orElse(null, app.api.cards());
        if (cards?.length === 0)
            await addCard(app, () => {});
        if (await isPaid(app, subscription, signal)) {
            banner.replaceChildren(covered(plan));
            focusOn(banner);
            show();
        }
    };
    const switched = (text) => {
        app.shell.notice(text);
        show();
    };
    show();
    return {
        title: t('plans.title'),
        element: h('div', { class: 'page' },
            banner,
            h('h1', {}, t('plans.title')),
            h('p', { class: 'lead' }, t('plans.lead')),
            list),
    };
}

function covered(plan) {
    return note('good',
        h('p', {}, h('b', {}, t('plans.next'))),
        h('p', {}, t('plans.next.text', { name: plan.name })),
        h('div', { class: 'row' },
            link(t('plans.next.file'), '/tickets/new', { class: 'button slim' }),
            link(t('plans.next.home'), '/home', { class: 'button quiet slim' })));
}

function waits(plan) {
    return note('',
        h('p', {}, h('b', {}, t('plans.waits'))),
        h('p', {}, t('plans.waits.text', { name: plan.name })),
        h('div', { class: 'row' }, link(t('plans.waits.card'), '/account', { class: 'button slim' })));
}

const patience = 60_000; // who has no card yet types one in meanwhile

// Whether the plan becomes active while the customer is here to read it.
function isPaid({ api, push }, { id }, signal) {
    return new Promise((resolve) => {
        const done = new AbortController();
        const end = (answer) => {
            done.abort();
            clearTimeout(timer);
            resolve(answer);
        };
        const look = async () => {
            const held = (await orElse([], api.subscriptions())).find((each) => each.id === id);
            if (held?.state === 'active' || held?.state === 'cancelled')
                end(held.state === 'active' && !signal.aborted);
        };
        const timer = setTimeout(() => end(false), patience);
        signal.addEventListener('abort', () => end(false), { signal: done.signal });
        push.addEventListener('account.changed', look, { signal: done.signal });
        push.addEventListener('resync', look, { signal: done.signal });
        look();
    });
}

const monthly = ({ price, period }) => price.minor / (period === 'year' ? 12 : 1);
const byPrice = (a, b) => monthly(a) - monthly(b);

// The caller's plans by plan id; none for a visitor.
async function heldPlans({ api, session }) {
    const all = session.isSignedIn ? await api.subscriptions() : [];
    return new Map(all.filter(({ state }) => state !== 'cancelled').map((held) => [held.plan.id, held]));
}

// What the kinds of devices are called. A plan is as good without: its own keys are readable too.
async function categoryNames({ api }) {
    const page = await orElse({ items: [] }, api.products({ limit: 200 }));
    return new Map(page.items.map(({ category, categoryName }) => [category, categoryName]));
}

function card(app, plan, { held: allHeld, names, bought, switched }) {
    const held = allHeld.get(plan.id);
    const choose = button(t('plans.buy', { name: plan.name }), {
        class: 'wide',
        on: { click: () => (app.session.isSignedIn ? buy(app, plan, allHeld, bought) : register(app, plan)) },
    });
    return h('article', { class: `card plan ${held ? 'held' : ''}` },
        h('div', { class: 'plan-head' },
            h('h2', {}, plan.name),
            held && h('span', { class: 'pill done' }, t('plans.held'))),
        h('p', { class: 'price' }, money(plan.price), h('small', {}, ` ${t(`plans.${plan.period}`)}`)),
        h('p', { class: 'soft' }, plan.description),
        h('ul', { class: 'ticks' }, promises(plan).map((text) => h('li', {}, icon('check'), text))),
        h('details', {},
            h('summary', {}, t('plans.covers', { count: plan.categories.length })),
            h('ul', { class: 'covers' }, coveredKinds(plan, names).map((name) => h('li', { class: 'pill' }, name)))),
        h('div', { class: 'plan-foot' },
            held ? h('p', { class: 'soft' }, t('plans.heldText', { date: day(held.startedAt) })) : choose,
            held ? null : switches(app, plan, allHeld, switched)));
}

function coveredKinds({ categories }, names) {
    return categories.map((slug) => names.get(slug) ?? spoken(slug)).sort((a, b) => a.localeCompare(b));
}

function promises({ sla, visitsPerYear, priority }) {
    const by = sla.counting === 'always' ? '.always' : '';
    return [
        sla.arrive > 0 && t(`plans.arrive${by}`, { span: minutes(sla.arrive) }),
        sla.resolve > 0 && t(`plans.resolve${by}`, { span: minutes(sla.resolve) }),
        visitsPerYear > 0 ? t('plans.visits', { count: visitsPerYear }) : t('plans.visits.unlimited'),
        ['high', 'urgent'].includes(priority) && t('plans.urgent'),
    ].filter(Boolean);
}

// A visitor registers first, and comes back to the plan they chose.
function register({ router }, plan) {
    router.go(`/register?next=${encodeURIComponent(`/plans?plan=${plan.id}`)}`);
}

async function buy({ api }, plan, held, bought) {
    const key = newKey(); // one dialog, one purchase
    let subscription = null;
    const isBought = await ask({
        title: t('plans.confirm', { name: plan.name }),
        text: t('plans.confirm.text', { price: money(plan.price), period: t(`plans.${plan.period}.spoken`) }),
        content: othersGoOn(held),
        submit: t('plans.confirm.submit', { price: money(plan.price) }),
        send: async () => {
            subscription = await api.subscribe(plan.id, key);
        },
    });
    if (isBought)
        bought(plan, subscription);
}

// Instead of the plan that is held; from each, if there are several.
function switches(app, plan, held, switched) {
    return [...held.values()].filter(({ state, isOverdue }) => state === 'active' && !isOverdue).map((from) =>
        button(t('plans.switch', { from: from.plan.name, to: plan.name }), {
            class: 'quiet wide',
            on: { click: () => switchPlan(app, from, plan, switched) },
        }));
}

async function switchPlan(app, held, plan, switched) {
    let quote = null;
    try {
        quote = await app.api.quote(held, plan.id);
    } catch (problem) {
        app.shell.notice(problem.message);
        return;
    }
    const names = { from: held.plan.name, to: plan.name };
    const isLater = Date.parse(quote.from) > Date.now() + 60_000;
    const text = isLater
        ? t('plans.switch.later', {
            ...names, date: day(quote.from), price: money(quote.plan.price), period: t(`plans.${quote.plan.period}`),
        })
        : t(quote.dueNow.minor > 0 ? 'plans.switch.now' : 'plans.switch.free', { ...names, due: money(quote.dueNow) });
    const isDone = await ask({
        title: t('plans.switch.title', names),
        text,
        submit: t('plans.switch.submit'),
        send: () => app.api.changeSubscription(held, { planId: plan.id }),
    });
    if (isDone)
        switched(t(isLater ? 'plans.switched.later' : 'plans.switched', { ...names, date: day(quote.from) }));
}

// Nobody should find out from a bill that a new plan does not end the old one.
function othersGoOn(held) {
    if (held.size === 0)
        return null;
    const names = [...held.values()].map(({ plan }) => plan.name);
    return note('', h('p', {}, t('plans.confirm.others', { count: names.length, names: list(names) })));
}
