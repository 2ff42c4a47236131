import { h, link } from '../app/dom.js';
import { has, t } from '../app/text.js';
import { shortPage } from '../parts/short_page.js';
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
    const title = t(`problem.${key}.title`);
    return {
        title,
        element: shortPage({
            code: t('problem.code'),
            title,
            text: t(`problem.${key}.text`),
            more: h('div', { class: 'card section-form' }, h('h2', {}, t('problem.try')), h('p', {}, t(`problem.${key}.try`))),
            action: link(t('problem.home'), '/', { class: 'button' }),
        }),
    };
}
