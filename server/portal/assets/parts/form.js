import { button, h, note, replace } from '../app/dom.js';
import { Problem, sentence } from '../app/problem.js';
import { t } from '../app/text.js';

// A form that checks its fields, sends once at a time and puts what the server says where it belongs.
//
// fields   every Field in it, in the order of the page
// content  what is shown
// send     called with valid fields; a Problem it throws is shown
export class Form {
    element;
    #fields;
    #send;
    #submit;
    #label;
    #alert = h('div', { role: 'alert', tabindex: '-1' });
    #isBusy = false;

    constructor({ fields, content, submit, send, extra = null, wide = false }) {
        this.#fields = fields;
        this.#send = send;
        this.#label = submit;
        this.#submit = button(submit, { type: 'submit', class: wide ? 'wide' : '' });
        this.element = h('form', { class: 'form', novalidate: true, on: { submit: (event) => this.#submitted(event) } },
            content, this.#alert, h('div', { class: 'row' }, this.#submit, extra));
    }

    // A message above the button; null takes it away.
    say(kind, ...children) {
        replace(this.#alert, kind !== null && note(kind, ...children));
    }

    showProblem(problem) {
        const left = problem.errors.filter(({ pointer, detail }) => !this.#showError(pointer, detail));
        const isAllShown = problem.errors.length > 0 && left.length === 0;
        if (!isAllShown)
            this.say('bad', h('p', {}, sentence(problem)), left.map(({ detail }) => h('p', {}, detail)));
        this.#focusFirstError() || this.#alert.focus();
    }

    async #submitted(event) {
        event.preventDefault();
        if (this.#isBusy)
            return;
        this.say(null);
        this.#fields.forEach((field) => field.show(field.problem()));
        if (!this.#focusFirstError())
            await this.run();
    }

    // Sends without a check: for what was checked and sent before.
    async run() {
        this.#setBusy(true);
        try {
            await this.#send();
        } catch (problem) {
            if (!(problem instanceof Problem))
                throw problem;
            if (!problem.isOver)
                this.showProblem(problem);
        } finally {
            this.#setBusy(false);
        }
    }

    // Not `disabled`: the button keeps the focus, and a screen reader can still read it.
    #setBusy(isBusy) {
        this.#isBusy = isBusy;
        this.#submit.setAttribute('aria-disabled', String(isBusy));
        this.#submit.textContent = isBusy ? t('form.sending') : this.#label;
    }

    #showError(pointer, detail) {
        const field = this.#fields.find((each) => each.pointer === pointer);
        field?.show(field.serverProblem(detail));
        return Boolean(field);
    }

    #focusFirstError() {
        const wrong = this.#fields.find(({ control }) => control.getAttribute('aria-invalid') === 'true');
        wrong?.focus();
        return Boolean(wrong);
    }
}
