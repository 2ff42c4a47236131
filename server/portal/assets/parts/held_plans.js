import { button, ghosts, h, link, replace } from '../app/dom.js';
import { day, money } from '../app/format.js';
import { orElse } from '../app/problem.js';
import { t } from '../app/text.js';
import { ask } from './dialog.js';
import { load } from './load.js';

// The plans the customer holds, how long they are paid, and what becomes of them then.
export function heldPlans(app, signal) {
    const content = h('div', {});
    const show = () => load({
        into: content,
        ghost: ghosts(64),
        signal,
        push: app.push,
        fetch: () => Promise.all([
            app.api.subscriptions(), orElse([], app.api.planUsage(app.session.account.id)),
        ]),
        show: ([held, usage]) => replace(content, held.length > 0
            ? h('ul', { class: 'listing' }, held.map((each) =>
                item(app, each, usage.find(({ subscriptionId }) => subscriptionId === each.id), show)))
            : h('p', { class: 'soft' }, t('account.plans.none'), ' ', link(t('account.plans.link'), '/plans'))),
    });
    app.push.addEventListener('account.changed', show, { signal });
    show();
    return content;
}

function item(app, held, usage, showAgain) {
    const { plan } = held;
    return h('li', {},
        h('div', { class: 'grow' },
            h('h3', {}, plan.name, ' ', pill(held)),
            h('p', { class: 'soft small' }, since(held)),
            next(held) && h('p', { class: 'small' }, next(held)),
            usage?.visitsPerYear > 0 && h('p', { class: 'small' },
                t('account.plan.used', { used: usage.used, count: usage.visitsPerYear }))),
        choices(app, held, showAgain));
}

function pill({ state, isOverdue }) {
    if (state === 'active')
        return isOverdue ? h('span', { class: 'pill looking' }, t('account.plan.overdue')) : null;
    return h('span', { class: state === 'cancelled' ? 'pill' : 'pill looking' }, t(`account.plan.${state}`));
}

function priceOf({ price, period }) {
    return { price: money(price), period: t(`plans.${period}`) };
}

function since({ plan, startedAt }) {
    return t('account.plan.since', { ...priceOf(plan), date: day(startedAt) });
}

// One sentence on what comes next.
function next({ state, periodUntil, atPeriodEnd, nextPlan, plan }) {
    if (state === 'pending')
        return t('account.plan.pending.text');
    if (state === 'paused')
        return t('account.plan.paused.text');
    if (state !== 'active' || !periodUntil)
        return null;
    const date = day(periodUntil);
    if (atPeriodEnd === 'cancel' || atPeriodEnd === 'pause')
        return t(`account.plan.until.${atPeriodEnd}`, { date });
    return nextPlan
        ? t('account.plan.until.change', { date, name: nextPlan.name, ...priceOf(nextPlan) })
        : t('account.plan.until.renew', { date, ...priceOf(plan) });
}

function choices(app, held, showAgain) {
    const { state, atPeriodEnd } = held;
    const choice = (what, key, act) => button(t(key), {
        class: 'quiet slim',
        'aria-label': t(`${key}.one`, { name: held.plan.name }),
        on: { click: () => act(app, held, what, showAgain) },
    });
    if (state === 'cancelled')
        return null;
    if (state === 'pending')
        return choice('cancel', 'account.plan.cancel', decide);
    if (state === 'paused')
        return h('div', { class: 'row' },
            choice('renew', 'account.plan.resume', decide), choice('cancel', 'account.plan.cancel', decide));
    if (atPeriodEnd !== 'renew')
        return choice('renew', 'account.plan.keep', goOn);
    return h('div', { class: 'row' },
        choice('pause', 'account.plan.pause', decide), choice('cancel', 'account.plan.cancel', decide));
}

async function decide(app, held, what, showAgain) {
    const question = what === 'renew' ? 'resume' : what;
    const atOnce = !held.periodUntil || held.state !== 'active';
    const isDone = await ask({
        title: t(`account.plan.${question}.title`, { name: held.plan.name }),
        text: t(`account.plan.${question}.text${atOnce ? '' : '.later'}`, {
            ...priceOf(held.plan), date: atOnce ? '' : day(held.periodUntil),
        }),
        submit: t(`account.plan.${question}`),
        isDanger: what === 'cancel',
        send: () => app.api.changeSubscription(held, { atPeriodEnd: what }),
    });
    if (isDone)
        showAgain();
}

// Taking back what was planned loses nothing: no question asked.
async function goOn(app, held, what, showAgain) {
    try {
        await app.api.changeSubscription(held, { atPeriodEnd: what });
        app.shell.notice(t('account.plan.kept', { name: held.plan.name }));
    } catch (problem) {
        app.shell.notice(problem.message);
    }
    showAgain();
}
