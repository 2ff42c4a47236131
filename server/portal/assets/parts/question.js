import { h, icon, uniqueId } from '../app/dom.js';
import { t } from '../app/text.js';
import { Field } from './fields.js';

// Questions of a survey, as the parts of a form. `answer` is what the server takes, or null.

export function questionField(question, place) {
    return question.kind === 'text' ? new Words(question, place) : new Choice(question, place);
}

// A rating or a choice: one of a few radio buttons.
class Choice {
    element;
    pointer;
    #question;
    #place;
    #error;

    constructor(question, place) {
        this.#question = question;
        this.#place = place;
        this.pointer = `/questions/${place}`;
        const name = uniqueId('question');
        this.#error = h('p', { class: 'error', id: `${name}-error`, hidden: true });
        const options = question.kind === 'rating'
            ? [1, 2, 3, 4, 5].map((value) => [value, t(`survey.rating.${value}`)])
            : question.choices.map((text, index) => [index, text]);
        this.element = h('fieldset', { class: 'question', 'aria-describedby': `${name}-error`, on: { change: () => this.show(null) } },
            h('legend', {}, question.text, !question.isRequired && h('span', { class: 'optional' }, ` ${t('field.optional')}`)),
            h('div', { class: question.kind === 'rating' ? 'choices rating' : 'choices' }, options.map(([value, label]) =>
                h('label', {}, h('input', { type: 'radio', name, value }), label))),
            this.#error);
    }

    get control() { return this.element.querySelector('input'); }

    get answer() {
        const chosen = this.element.querySelector(':checked');
        return chosen && { question: this.#place, [this.#question.kind]: Number(chosen.value) };
    }

    problem() {
        return this.#question.isRequired && !this.answer ? t('survey.missing') : null;
    }

    show(error) {
        this.#error.hidden = !error;
        this.#error.replaceChildren(...(error ? [icon('warning', 18), h('span', {}, error)] : []));
        if (error)
            this.control.setAttribute('aria-invalid', 'true');
        else
            this.control.removeAttribute('aria-invalid');
    }

    serverProblem(detail) { return detail; }
    focus() { this.control.focus(); }
}

class Words extends Field {
    #place;

    constructor(question, place) {
        super({
            name: 'words', label: question.text, optional: !question.isRequired, pointer: `/questions/${place}`,
            control: h('textarea', { rows: 4, maxlength: 2000 }),
        });
        this.#place = place;
    }

    get answer() { return this.value === '' ? null : { question: this.#place, text: this.value }; }
}
