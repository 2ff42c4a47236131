import { h, link } from '../app/dom.js';
import { t, tn } from '../app/text.js';
import { AddressFields, isEmail, isPhone } from '../parts/address.js';
import { passwordField, textField } from '../parts/fields.js';
import { Form } from '../parts/form.js';

export function registerPage({ api, session, shell }, { query }) {
    const name = textField({ name: 'name', maxLength: 120, autocomplete: 'name' });
    const email = textField({ name: 'email', type: 'email', maxLength: 254, autocomplete: 'email', check: isEmail });
    const password = passwordField({
        name: 'newPassword', pointer: '/password', autocomplete: 'new-password', check: (text) => text.length >= 10,
    });
    const phone = textField({ name: 'phone', type: 'tel', maxLength: 24, autocomplete: 'tel', check: isPhone });
    const address = new AddressFields();

    const form = new Form({
        fields: [name, email, password, phone, ...address.fields],
        content: [
            h('fieldset', {}, h('legend', {}, t('register.you')), name.element, email.element, password.element, phone.element),
            h('fieldset', {}, h('legend', {}, t('register.where')), address.element),
        ],
        submit: t('register.submit'),
        wide: true,
        send: async () => {
            const signedIn = await api.register({
                name: name.value, email: email.value, password: password.value, phone: phone.value, address: address.value,
            });
            shell.notice(t('register.done', { name: signedIn.value.account.name }));
            session.adopt(signedIn); // and the router goes on from here
        },
    });

    const next = query.get('next') ?? '/plans';
    if (!query.has('next'))
        history.replaceState(null, '', `/register?next=${encodeURIComponent(next)}`);
    const signIn = link(t('register.instead.link'), `/sign-in?next=${encodeURIComponent(next)}`);
    return {
        title: t('register.title'),
        element: h('div', { class: 'page narrow' },
            h('h1', {}, t('register.title')),
            h('p', { class: 'lead' }, t('register.lead')),
            h('div', { class: 'card section-form' }, form.element),
            h('p', { class: 'below' }, tn('register.instead', { link: signIn }))),
    };
}
