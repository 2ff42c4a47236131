import { newKey } from '../app/api.js';
import { button, ghosts, h, replace } from '../app/dom.js';
import { t } from '../app/text.js';
import { Combobox } from './combobox.js';
import { ask } from './dialog.js';
import { Field, textField } from './fields.js';
import { load } from './load.js';

// The devices the customer has registered, by serial number: what their plans cover without a question at the door.
export function devices(app, signal) {
    const content = h('div', { class: 'stack' });
    const show = () => load({
        into: content,
        ghost: ghosts(24, 44),
        signal,
        push: app.push,
        fetch: () => app.api.devices(),
        show: (owned) => replace(content,
            owned.length > 0
                ? h('ul', { class: 'listing' }, owned.map((each) => item(app, each, show)))
                : h('p', { class: 'soft' }, t('device.none')),
            h('div', { class: 'row' }, button(t('device.add'), { class: 'quiet', on: { click: () => add(app, show) } }))),
    });
    app.push.addEventListener('account.changed', show, { signal });
    show();
    return content;
}

// What its owner calls it.
export function deviceTitle({ nickname, productName }) {
    return nickname || productName;
}

function item(app, device, showAgain) {
    const name = deviceTitle(device);
    return h('li', {},
        h('div', { class: 'grow' },
            h('h3', {}, name),
            h('p', { class: 'soft small' },
                [device.nickname && device.productName, t('device.serial', { serial: device.serialNumber })]
                    .filter(Boolean).join(' · '))),
        button(t('device.rename'), {
            class: 'quiet slim',
            'aria-label': t('device.renameOne', { name }),
            on: { click: () => rename(app, device, showAgain) },
        }),
        button(t('device.remove'), {
            class: 'quiet slim',
            'aria-label': t('device.removeOne', { name }),
            on: { click: () => remove(app, device, showAgain) },
        }));
}

async function add(app, done) {
    const product = new Combobox({
        find: (q, searching) => app.api.products({ q, limit: 20 }, searching),
        describe: ({ name, maker, categoryName }) => ({ name, detail: [maker, categoryName].filter(Boolean).join(' · ') }),
        onChange: () => {},
    });
    const fields = [
        new Field({
            name: 'product', pointer: '/productId', control: product.input, wrapper: product.element,
            check: () => product.chosen !== null,
        }),
        textField({ name: 'deviceSerial', pointer: '/serialNumber', maxLength: 60 }),
        textField({ name: 'nickname', maxLength: 80, optional: true }),
    ];
    const [, serialNumber, nickname] = fields;
    let key = newKey();
    let added = null;
    const isDone = await ask({
        title: t('device.add.title'),
        text: t('device.add.text'),
        content: fields.map(({ element }) => element),
        fields,
        submit: t('device.add.submit'),
        send: async () => {
            const device = { productId: product.chosen.id, serialNumber: serialNumber.value, nickname: nickname.value };
            added = await app.api.addDevice(device, key).catch((problem) => {
                if (!problem.leavesDoubt)
                    key = newKey(); // what comes next is another device
                throw problem;
            });
        },
    });
    if (!isDone)
        return;
    app.shell.notice(t('device.added', { name: deviceTitle(added) }));
    done();
}

async function rename(app, device, showAgain) {
    const nickname = textField({ name: 'nickname', maxLength: 80, optional: true, value: device.nickname });
    const isDone = await ask({
        title: t('device.rename.title', { name: deviceTitle(device) }),
        text: t('device.rename.text'),
        content: nickname.element,
        fields: [nickname],
        submit: t('device.rename.submit'),
        send: () => app.api.renameDevice(device, nickname.value),
    });
    if (isDone)
        showAgain();
}

async function remove(app, device, showAgain) {
    const name = deviceTitle(device);
    const isDone = await ask({
        title: t('device.remove.title', { name }),
        text: t('device.remove.text'),
        submit: t('device.remove.submit'),
        isDanger: true,
        send: () => app.api.removeDevice(device),
    });
    if (!isDone)
        return;
    app.shell.notice(t('device.removed', { name }));
    showAgain();
}
