import { h, link } from '../app/dom.js';
import { has, t } from '../app/text.js';
import { missingPage } from './missing.js';

// Addresses of problems that only programs meet share one text.
const technical = [
    'unsupported-media-type', 'expectation-failed', 'upgrade-required', 'headers-too-large', 'not-implemented',
    'version-not-supported',
];

export function problemPage(app, { params }) {
    const key = technical.includes(params.slug) ? 'technical' : params.slug;
    if (!has(`problem.${key}.title`))
        return missingPage(app);
    return {
        title: t(`problem.${key}.title`),
        element: h('div', { class: 'page narrow short' },
            h('p', { class: 'code' }, t('problem.code')),
            h('h1', {}, t(`problem.${key}.title`)),
            h('p', { class: 'lead' }, t(`problem.${key}.text`)),
            h('div', { class: 'card section-form' },
                h('h2', {}, t('problem.try')),
                h('p', {}, t(`problem.${key}.try`))),
            h('div', { class: 'row' }, link(t('problem.home'), '/', { class: 'button' }))),
    };
}
