import { h, link } from '../app/dom.js';
import { t } from '../app/text.js';

export function missingPage() {
    return {
        title: t('missing.title'),
        element: h('div', { class: 'page narrow short' },
            h('p', { class: 'code' }, t('missing.code')),
            h('h1', {}, t('missing.title')),
            h('p', { class: 'lead' }, t('missing.text')),
            h('div', { class: 'row' }, link(t('missing.home'), '/', { class: 'button' }))),
    };
}
