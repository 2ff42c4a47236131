import { newKey } from '../app/api.js';
import { button, ghosts, h, replace } from '../app/dom.js';
import { Problem } from '../app/problem.js';
import { has, t } from '../app/text.js';
import { ask } from './dialog.js';
import { textField } from './fields.js';
import { load } from './load.js';

// The customer's payment cards. A number is typed here and nowhere kept: not in a draft, not in storage, and it is gone from
// the page with the dialog.
export function cards(app, signal) {
    const content = h('div', { class: 'stack' });
    const show = () => load({
        into: content,
        ghost: ghosts(24, 44),
        signal,
        push: app.push,
        fetch: () => app.api.cards(),
        show: (held) => replace(content,
            held.length > 0
                ? h('ul', { class: 'listing' }, held.map((each) => cardItem(app, each, held.length, show)))
                : h('p', { class: 'soft' }, t('card.none')),
            h('div', { class: 'row' }, button(t('card.add'), { class: 'quiet', on: { click: () => addCard(app, show) } }))),
    });
    app.push.addEventListener('account.changed', show, { signal });
    show();
    return content;
}

function cardItem(app, card, count, showAgain) {
    const name = cardName(card);
    return h('li', {},
        h('div', { class: 'grow' },
            h('h3', {}, name),
            h('p', { class: 'soft small' }, t(isExpired(card) ? 'card.expired' : 'card.expires', { date: expiry(card) }))),
        card.isDefault
            ? h('span', { class: isExpired(card) ? 'pill' : 'pill done' }, t('card.default'))
            : button(t('card.use'), {
                class: 'quiet slim',
                'aria-label': t('card.useOne', { name }),
                on: { click: () => useCard(app, card, showAgain) },
            }),
        button(t('card.remove'), {
            class: 'quiet slim',
            'aria-label': t('card.removeOne', { name }),
            on: { click: () => removeCard(app, card, count, showAgain) },
        }));
}

// Asks for a card and adds it; `done` is told when there is one more.
export async function addCard(app, done) {
    const number = textField({
        name: 'cardNumber', pointer: '/number', maxLength: 40, autocomplete: 'cc-number', inputMode: 'numeric', check: isCardNumber,
    });
    const until = textField({
        name: 'cardExpiry', pointer: '/expMonth', maxLength: 9, autocomplete: 'cc-exp', inputMode: 'numeric', check: isToCome,
    });
    let key = newKey();
    let added = null;
    const isDone = await ask({
        title: t('card.add.title'),
        text: t('card.add.text'),
        content: [number.element, until.element],
        fields: [number, until],
        submit: t('card.add.submit'),
        send: async () => {
            const card = { number: number.value, ...readExpiry(until.value) };
            added = await app.api.addCard(card, key).catch((problem) => {
                if (!problem.leavesDoubt)
                    key = newKey(); // what comes next is another card
                throw besideExpiry(problem);
            });
        },
    });
    number.value = '';
    if (!isDone)
        return;
    app.shell.notice(t('card.added', { name: cardName(added) }));
    done();
}

async function useCard(app, card, showAgain) {
    try {
        await app.api.useCard(card.id);
        app.shell.notice(t('card.used', { name: cardName(card) }));
    } catch (problem) {
        if (!(problem instanceof Problem))
            throw problem; // the list below tells how it is
    }
    showAgain();
}

async function removeCard(app, card, count, showAgain) {
    const name = cardName(card);
    const isDone = await ask({
        title: t('card.remove.title', { name }),
        text: t(count === 1 ? 'card.remove.last' : 'card.remove.text'),
        submit: t('card.remove.submit'),
        isDanger: true,
        send: () => app.api.removeCard(card.id),
    });
    if (!isDone)
        return;
    app.shell.notice(t('card.removed', { name }));
    showAgain();
}

function cardName({ brand, last4 }) {
    const key = `card.brand.${brand}`;
    return t('card.name', { brand: t(has(key) ? key : 'card.brand.other'), last4 });
}

function expiry({ expMonth, expYear }) {
    return `${String(expMonth).padStart(2, '0')}/${expYear}`;
}

// A card is good to the end of its month, everywhere: UTC-12 is the last place where that month ends.
function isExpired({ expMonth, expYear }) {
    return Date.now() >= Date.UTC(expYear, expMonth, 1, 12);
}

// "04/27", "4 / 2027", "0427": { expMonth, expYear }, or null.
function readExpiry(text) {
    const found = /^(\d{1,2})\s*[/.-]\s*(\d{2}|\d{4})$/.exec(text) ?? /^(\d{2})(\d{2}|\d{4})$/.exec(text);
    if (!found)
        return null;
    const expMonth = Number(found[1]);
    const expYear = Number(found[2]) + (found[2].length === 2 ? 2000 : 0);
    return expMonth >= 1 && expMonth <= 12 ? { expMonth, expYear } : null;
}

function isToCome(text) {
    const date = readExpiry(text);
    return date !== null && !isExpired(date);
}

// ISO/IEC 7812-1, annex B, as the server checks it: a slip of the finger is found before anything is sent.
function isCardNumber(text) {
    const digits = text.replace(/[ -]/g, '');
    if (!/^\d{12,19}$/.test(digits))
        return false;
    const sum = [...digits].reverse().reduce((total, digit, index) => {
        const value = Number(digit) * (index % 2 === 0 ? 1 : 2);
        return total + (value > 9 ? value - 9 : value);
    }, 0);
    return sum % 10 === 0;
}

// Month and year are one field here.
function besideExpiry(problem) {
    if (problem instanceof Problem)
        problem.errors.filter(({ pointer }) => pointer === '/expYear').forEach((error) => { error.pointer = '/expMonth'; });
    return problem;
}
