import { Draft } from '../app/draft.js';
import { button, ghosts, h, note, replace } from '../app/dom.js';
import { phone as spokenPhone } from '../app/format.js';
import { orElse } from '../app/problem.js';
import { t } from '../app/text.js';
import { AddressFields, isPhone } from '../parts/address.js';
import { Combobox } from '../parts/combobox.js';
import { deviceTitle } from '../parts/devices.js';
import { Field, textField } from '../parts/fields.js';
import { Form } from '../parts/form.js';
import { load } from '../parts/load.js';

export function filePage(app, { signal }) {
    const content = h('div', {});
    load({
        into: content,
        ghost: ghosts(320, 420),
        signal,
        push: app.push,
        // Whom the expert asks for and which kinds of devices are covered is good to know, and not needed to file.
        fetch: () => Promise.all([
            orElse(app.session.account, app.api.me()), orElse([], app.api.subscriptions()), orElse([], app.api.devices()),
        ]),
        show: ([account, plans, owned]) => {
            const form = new TicketForm({ app, account, plans, owned, signal });
            replace(content, form.element);
            form.finish();
        },
    });
    return {
        title: t('file.title'),
        element: h('div', { class: 'page narrow' },
            h('h1', {}, t('file.title')),
            h('p', { class: 'lead' }, t('file.lead')),
            h('div', { class: 'section-form' }, content)),
    };
}

// The form of a new ticket: it fills itself from the draft and the profile, and sends through the draft.
class TicketForm {
    element;
    #app;
    #signal;
    #draft;
    #form;
    #covered;
    #coverage = h('div', { 'aria-live': 'polite' });
    #doubt = h('div', { role: 'status' });
    #inputs = h('fieldset', { class: 'inputs' });
    #product;
    #texts;
    #address;

    constructor({ app, account, plans, owned, signal }) {
        this.#app = app;
        this.#signal = signal;
        this.#draft = new Draft(app.api, account.id, signal);
        this.#covered = new Set(plans.filter(({ state }) => state === 'active').flatMap(({ plan }) => plan.categories));
        this.#build(account, owned);
        this.#restore(account);
        this.element.addEventListener('input', () => this.#remember());
        this.element.addEventListener('change', () => this.#remember());
    }

    // What was sent before a reload, outcome unknown, cannot be changed any more, only settled.
    finish() {
        if (!this.#draft.isUndecided)
            return;
        this.#sayDoubt('file.resend');
        this.#form.run();
    }

    #build(account, owned) {
        this.#product = new Combobox({
            find: (q, searching) => this.#app.api.products({ q, limit: 20 }, searching),
            describe: ({ name, maker, categoryName }) => ({ name, detail: [maker, categoryName].filter(Boolean).join(' · ') }),
            onChange: () => this.#productChanged(),
        });
        const product = new Field({
            name: 'product', pointer: '/productId', control: this.#product.input, wrapper: this.#product.element,
            check: () => this.#product.chosen !== null,
        });
        this.#texts = {
            subject: textField({ name: 'subject', maxLength: 200 }),
            description: textField({ name: 'description', maxLength: 4000, rows: 4, optional: true }),
            serialNumber: textField({ name: 'serialNumber', maxLength: 60, optional: true }),
            contactName: textField({ name: 'contactName', maxLength: 120, autocomplete: 'name' }),
            contactPhone: textField({
                name: 'phone', pointer: '/contactPhone', type: 'tel', maxLength: 24, autocomplete: 'tel', check: isPhone,
            }),
        };
        this.#address = new AddressFields(account.address);
        const { subject, description, serialNumber, contactName, contactPhone } = this.#texts;
        replace(this.#inputs,
            h('section', { class: 'card form', 'aria-label': t('file.device') },
                h('h2', {}, t('file.device')),
                this.#shortcuts(owned), product.element, this.#coverage, subject.element, description.element, serialNumber.element),
            h('section', { class: 'card form', 'aria-label': t('file.contact') },
                h('h2', {}, t('file.contact')),
                h('div', { class: 'columns two' }, contactName.element, contactPhone.element),
                this.#address.element));
        this.#form = new Form({
            fields: [product, ...Object.values(this.#texts), ...this.#address.fields],
            content: [this.#inputs, this.#doubt],
            submit: t('file.submit'),
            wide: true,
            send: () => this.#send(),
        });
        this.element = this.#form.element;
    }

    // A device that is registered is one click: what it is, and its serial number.
    #shortcuts(owned) {
        return owned.length > 0 && h('div', { class: 'row', role: 'group', 'aria-label': t('file.mine') },
            owned.map((device) => button(deviceTitle(device), { class: 'quiet slim', on: { click: () => this.#take(device) } })));
    }

    #take({ productId, productName, maker, category, categoryName, serialNumber }) {
        this.#texts.serialNumber.value = serialNumber;
        this.#product.choose({ id: productId, name: productName, maker, category, categoryName });
        this.#texts.subject.focus();
    }

    #restore(account) {
        const { product, address, ...typed } = this.#draft.fields;
        const known = { contactName: account.name, contactPhone: spokenPhone(account.phone) };
        for (const [name, field] of Object.entries(this.#texts))
            field.value = typed[name] || known[name];
        // Nothing was typed where there was no profile to start with: it may be there now.
        if (Object.values(address ?? {}).some(Boolean))
            this.#address.value = address;
        if (product)
            this.#product.choose(product);
    }

    #remember() {
        const texts = Object.entries(this.#texts).map(([name, field]) => [name, field.control.value]);
        this.#draft.remember({
            ...Object.fromEntries(texts), address: this.#address.value, product: this.#product.chosen,
        });
    }

    #productChanged() {
        const { chosen } = this.#product;
        const isUncovered = chosen !== null && this.#covered.size > 0 && !this.#covered.has(chosen.category);
        replace(this.#coverage, isUncovered && note('', h('p', {}, t('file.notCovered'))));
        this.#product.input.dispatchEvent(new Event('change', { bubbles: true }));
    }

    #body() {
        const { subject, description, serialNumber, contactName, contactPhone } = this.#texts;
        return {
            productId: this.#product.chosen.id,
            subject: subject.value,
            description: description.value,
            ...(serialNumber.value && { serialNumber: serialNumber.value }),
            contactName: contactName.value,
            contactPhone: contactPhone.value,
            address: this.#address.value,
        };
    }

    async #send() {
        this.#inputs.disabled = true;
        try {
            const body = this.#draft.isUndecided ? null : this.#body();
            const ticket = await this.#draft.send(body, () => this.#sayDoubt('file.doubt'));
            this.#app.shell.notice(t('file.done', { number: ticket.number }));
            if (!this.#signal.aborted)
                this.#app.router.go(`/tickets/${ticket.id}`, { replace: true });
        } finally {
            this.#inputs.disabled = false;
            replace(this.#doubt);
        }
    }

    #sayDoubt(key) {
        replace(this.#doubt, note('warn',
            h('p', {}, h('b', {}, t(key))),
            h('p', {}, t('file.doubt.text')),
            h('div', { class: 'row' }, button(t('file.doubt.now'), {
                class: 'quiet slim', on: { click: () => this.#draft.sendNow() },
            }))));
    }
}
