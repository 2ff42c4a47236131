import { button, ghosts, h, replace } from '../app/dom.js';
import { phone as spokenPhone, when } from '../app/format.js';
import { Problem } from '../app/problem.js';
import { t } from '../app/text.js';
import { AddressFields, isPhone } from '../parts/address.js';
import { bills } from '../parts/bills.js';
import { cards } from '../parts/cards.js';
import { deviceName } from '../parts/device.js';
import { devices } from '../parts/devices.js';
import { textField } from '../parts/fields.js';
import { Form } from '../parts/form.js';
import { heldPlans } from '../parts/held_plans.js';
import { load } from '../parts/load.js';
import { standingNote, standingOf } from '../parts/standing.js';

export function accountPage(app, { signal }) {
    return {
        title: t('account.title'),
        element: h('div', { class: 'page middle' },
            h('div', { class: 'page-head' },
                h('h1', {}, t('account.title')),
                button(t('account.signOut'), { class: 'quiet', on: { click: () => app.session.signOut() } })),
            h('div', { class: 'stack-large' },
                standing(app, signal),
                section(t('account.plans'), heldPlans(app, signal)),
                section(t('account.devices'), devices(app, signal)),
                section(t('account.cards'), cards(app, signal)),
                section(t('account.bills'), bills(app, signal)),
                section(t('account.profile'), profile(app, signal)),
                section(t('account.sessions'), sessions(app, signal)))),
    };
}

function standing(app, signal) {
    const content = h('div', { hidden: true });
    const show = () => load({
        into: content,
        signal,
        push: app.push,
        fetch: () => standingOf(app),
        show: (now) => {
            const text = standingNote(now, { isAtBills: true });
            content.hidden = !text;
            replace(content, text);
        },
    });
    app.push.addEventListener('resync', show, { signal });
    app.push.addEventListener('account.changed', show, { signal });
    show();
    return content;
}

function section(title, content) {
    return h('section', { class: 'card stack' }, h('h2', {}, title), content);
}

function profile(app, signal) {
    const content = h('div', {});
    const show = () => load({
        into: content,
        ghost: ghosts(420),
        signal,
        push: app.push,
        fetch: () => app.api.me(),
        show: (account) => replace(content, profileForm(app, account, show)),
    });
    show();
    return content;
}

function profileForm(app, account, showAgain) {
    const name = textField({ name: 'name', maxLength: 120, autocomplete: 'name', value: account.name });
    const phone = textField({
        name: 'phone', type: 'tel', maxLength: 24, autocomplete: 'tel', check: isPhone, value: spokenPhone(account.phone),
    });
    const address = new AddressFields(account.address);
    const form = new Form({
        fields: [name, phone, ...address.fields],
        content: [
            h('p', { class: 'soft' }, t('account.email', { email: account.email })),
            name.element, phone.element, address.element,
        ],
        submit: t('account.save'),
        send: async () => {
            const change = { name: name.value, phone: phone.value, address: address.value };
            try {
                app.session.learn(await app.api.changeMe(change, account.version));
                app.shell.notice(t('account.saved'));
            } catch (problem) {
                if (!(problem instanceof Problem) || problem.status !== 412)
                    throw problem;
                app.shell.notice(t('account.stale'));
            }
            showAgain(); // with the version that is now the newest
        },
    });
    return form.element;
}

function sessions(app, signal) {
    const content = h('div', {});
    const show = () => load({
        into: content,
        ghost: ghosts(64),
        signal,
        push: app.push,
        fetch: () => app.api.sessions(),
        show: (open) => replace(content, h('ul', { class: 'listing' }, open.map((each) => sessionItem(app, each, show)))),
    });
    show();
    return content;
}

function sessionItem(app, session, showAgain) {
    const device = deviceName(session.device);
    const end = async () => {
        try {
            await app.api.endSession(session.id);
            app.shell.notice(t('account.session.ended'));
        } catch (problem) {
            if (!(problem instanceof Problem))
                throw problem; // the list below tells how it is
        }
        showAgain();
    };
    return h('li', {},
        h('div', { class: 'grow' },
            h('h3', {}, device),
            h('p', { class: 'soft small' },
                `${t('account.session.used', { when: when(session.lastUsedAt) })} · ${session.address}`)),
        session.current
            ? h('span', { class: 'pill done' }, t('account.session.current'))
            : button(t('account.session.end'), {
                class: 'quiet slim', 'aria-label': t('account.session.endOne', { device }), on: { click: end },
            }));
}
