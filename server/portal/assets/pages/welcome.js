import { h, icon, link } from '../app/dom.js';
import { t } from '../app/text.js';
import { stepList } from '../parts/progress.js';

export function welcomePage() {
    return { title: t('welcome.title'), element: h('div', { class: 'page' }, hero(), how(), promises()) };
}

function hero() {
    return h('section', { class: 'hero' },
        h('div', {},
            h('h1', {}, h('span', {}, t('welcome.headline.first')), ' ', h('span', {}, t('welcome.headline.second'))),
            h('p', { class: 'lead' }, t('welcome.lead')),
            h('div', { class: 'row' },
                link(t('welcome.start'), '/register', { class: 'button large' }),
                link(t('welcome.signIn'), '/sign-in', { class: 'button quiet large' })),
            h('p', { class: 'plans-link' }, link(t('welcome.plansLink'), '/plans'))),
        sample());
}

// What following a ticket looks like: a picture, not content.
function sample() {
    const at = (minutesAgo) => new Date(Date.now() - minutesAgo * 60_000).toISOString();
    const ticket = {
        state: 'enRoute',
        createdAt: at(42),
        visits: [{ state: 'enRoute', assignedAt: at(41), acceptedAt: at(38), departedAt: at(9) }],
    };
    return h('div', { class: 'card sample', 'aria-hidden': 'true' },
        h('div', { class: 'sample-head' },
            h('span', { class: 'badge' }, icon('device', 24)),
            h('div', {},
                h('b', {}, t('welcome.sample.subject')),
                h('p', { class: 'soft small' }, t('welcome.sample.device')))),
        stepList(ticket),
        h('div', { class: 'expert' },
            h('span', { class: 'initials' }, icon('van', 22)),
            h('b', {}, t('headline.enRoute', { name: t('welcome.sample.name') }))));
}

function how() {
    const symbols = ['ticket', 'person', 'van'];
    return h('section', { class: 'section' },
        h('h2', {}, t('welcome.how')),
        h('ol', { class: 'trio' }, symbols.map((symbol, index) => h('li', { class: 'card' },
            h('span', { class: 'badge' }, icon(symbol, 24)),
            h('h3', {}, t(`welcome.step${index + 1}`)),
            h('p', {}, t(`welcome.step${index + 1}.text`))))));
}

function promises() {
    const keys = ['welcome.promise1', 'welcome.promise2', 'welcome.promise3'];
    return h('section', { class: 'section', 'aria-label': t('welcome.promises') },
        h('ul', { class: 'promise' }, keys.map((key) => h('li', {}, icon('check', 22), h('span', {}, t(key))))));
}
