import { button, h, uniqueId } from '../app/dom.js';
import { focusHeading } from '../app/focus.js';
import { t } from '../app/text.js';
import { Form } from './form.js';

// Asks before something that cannot be taken back. `send` does it; a Problem it throws is shown in the dialog, which stays
// open. Resolves to whether it was done. The browser's own dialog gives the focus back to where it was.
export function ask({ title, text, content = null, fields = [], submit, send, isDanger = false }) {
    return new Promise((resolve) => {
        const heading = h('h2', { id: uniqueId('title') }, title);
        const leave = button(t('dialog.back'), { class: 'quiet', on: { click: () => dialog.close() } });
        const form = new Form({
            fields,
            content: [heading, h('p', { class: 'lead' }, text), content],
            submit,
            extra: leave,
            send: async () => {
                await send();
                dialog.returnValue = 'done';
                dialog.close('done');
            },
        });
        const dialog = h('dialog', { 'aria-labelledby': heading.id }, form.element);
        if (isDanger)
            form.element.querySelector('[type="submit"]').classList.add('danger');
        dialog.addEventListener('close', () => {
            dialog.remove();
            if (document.activeElement === document.body) // what opened it is gone
                focusHeading();
            resolve(dialog.returnValue === 'done');
        });
        document.body.append(dialog);
        dialog.showModal();
    });
}
