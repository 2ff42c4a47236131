import { link } from '../app/dom.js';
import { t } from '../app/text.js';
import { shortPage } from '../parts/short_page.js';

export function missingPage() {
    return {
        title: t('missing.title'),
        element: shortPage({
            code: t('missing.code'),
            title: t('missing.title'),
            text: t('missing.text'),
            action: link(t('missing.home'), '/', { class: 'button' }),
        }),
    };
}
