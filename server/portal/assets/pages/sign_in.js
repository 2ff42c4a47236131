import { h, link, note } from '../app/dom.js';
import { t, tn } from '../app/text.js';
import { isEmail } from '../parts/address.js';
import { deviceName } from '../parts/device.js';
import { passwordField, textField } from '../parts/fields.js';
import { Form } from '../parts/form.js';

export function signInPage({ api, session }, { query }) {
    const email = textField({ name: 'email', type: 'email', maxLength: 254, autocomplete: 'username', check: isEmail });
    const password = passwordField({ name: 'password', autocomplete: 'current-password' });
    const form = new Form({
        fields: [email, password],
        content: [email.element, password.element],
        submit: t('signIn.submit'),
        wide: true,
        send: async () => {
            const signedIn = await api.login({ email: email.value, password: password.value, device: deviceName(navigator.userAgent) });
            if (signedIn.value.account.role === 'customer')
                return session.adopt(signedIn); // and the router goes on from here
            await api.discard(signedIn);
            form.say('warn', h('p', {}, t('signIn.staff')));
        },
    });
    const next = query.get('next');
    const register = link(t('signIn.instead.link'), next ? `/register?next=${encodeURIComponent(next)}` : '/register');
    return {
        title: t('signIn.title'),
        element: h('div', { class: 'page narrow' },
            h('h1', {}, t('signIn.title')),
            h('p', { class: 'lead' }, t('signIn.lead')),
            session.hasExpired && note('warn', h('p', {}, t('signIn.expired'))),
            h('div', { class: 'card section-form' }, form.element),
            h('p', { class: 'below' }, tn('signIn.instead', { link: register }))),
    };
}
