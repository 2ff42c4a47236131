import { newKey } from '../app/api.js';
import { h, replace } from '../app/dom.js';
import { when } from '../app/format.js';
import { t } from '../app/text.js';
import { textField } from './fields.js';
import { Form } from './form.js';

// What was said on a ticket, and a form to say more.
export class Comments {
    element;
    #list = h('div', { role: 'log', 'aria-label': t('ticket.comments') });
    #form;
    #text;
    #shown = null;
    #timeZone;
    #key = newKey(); // until the comment is there, so that a repeated one is not said twice

    constructor(app, ticketId) {
        const text = textField({ name: 'comment', pointer: '/text', maxLength: 4000, rows: 2 });
        this.#text = text;
        this.#form = new Form({
            fields: [text],
            content: text.element,
            submit: t('ticket.comments.submit'),
            send: async () => {
                const comment = await app.api.addComment(ticketId, text.value, this.#key);
                this.#key = newKey();
                text.value = '';
                // The push that tells of it may have been quicker.
                const isShown = this.#shown.some(({ at, text: said }) => at === comment.at && said === comment.text);
                if (!isShown)
                    this.show([...this.#shown, comment], this.#timeZone);
            },
        });
        text.control.addEventListener('input', () => {
            this.#key = newKey(); // another text is another comment
        });
        this.element = h('section', { class: 'card stack' }, h('h2', {}, t('ticket.comments')), this.#list, this.#form.element);
    }

    show(comments, timeZone) {
        if (JSON.stringify(comments) === JSON.stringify(this.#shown))
            return;
        this.#shown = comments;
        this.#timeZone = timeZone;
        replace(this.#list, comments.length === 0
            ? h('p', { class: 'soft' }, t('ticket.comments.none'))
            : h('ol', { class: 'comments' }, comments.map((comment) => item(comment, timeZone))));
    }

    focus() {
        this.#text.control.focus();
    }

    allow(isOpen) {
        this.#form.element.hidden = !isOpen;
    }
}

function item({ author, authorRole, text, at }, timeZone) {
    const isOwn = authorRole === 'customer';
    const who = isOwn ? t('ticket.comments.you') : t('ticket.comments.from', { name: author, role: t(`role.${authorRole}`) });
    return h('li', { class: `comment ${isOwn ? 'own' : ''}` },
        h('p', { class: 'who' }, h('b', {}, who), h('time', { datetime: at }, when(at, timeZone))),
        h('p', { class: 'pre' }, text));
}
