import { h, icon, uniqueId } from '../app/dom.js';
import { has, t } from '../app/text.js';

// One labelled control of a form, with its hint and its error tied to it.
//
// `name` finds the texts (field.<name>.label, .hint, .missing, .invalid), `pointer` the server's errors. `label` instead of
// the text, where it is not ours.
export class Field {
    element;
    control;
    #name;
    #label;
    #isOptional;
    #check;
    #error;

    constructor({ name, label, pointer = `/${name}`, control, wrapper = control, optional = false, check = () => true }) {
        this.pointer = pointer;
        this.control = control;
        this.#name = name;
        this.#label = label;
        this.#isOptional = optional;
        this.#check = check;
        const id = uniqueId(name);
        control.id = id;
        control.name = name;
        control.required = !optional;
        const hint = has(`field.${name}.hint`) ? h('p', { class: 'hint', id: `${id}-hint` }, t(`field.${name}.hint`)) : null;
        this.#error = h('p', { class: 'error', id: `${id}-error`, hidden: true });
        control.setAttribute('aria-describedby', [hint?.id, this.#error.id].filter(Boolean).join(' '));
        const optionally = optional ? h('span', { class: 'optional' }, ` ${t('field.optional')}`) : null;
        this.element = h('div', { class: 'field' },
            h('label', { for: id }, this.label, optionally),
            hint,
            h('div', { class: 'control' }, wrapper),
            this.#error);
        control.addEventListener('input', () => this.show(null));
    }

    get label() { return this.#label ?? t(`field.${this.#name}.label`); }
    get value() { return this.control.value.trim(); }
    set value(value) { this.control.value = value ?? ''; }

    // What is wrong with the value, in words, or null.
    problem() {
        if (this.value === '')
            return this.#isOptional ? null : t(`field.${this.#name}.missing`);
        return this.#check(this.value) ? null : t(`field.${this.#name}.invalid`);
    }

    // The server says "must …"; an empty field has words of its own.
    serverProblem(detail) {
        if (this.value === '' && !this.#isOptional)
            return t(`field.${this.#name}.missing`);
        return t('field.refused', { label: this.label, detail: detail.replace(/\.$/, '') });
    }

    show(error) {
        this.#error.hidden = !error;
        this.#error.replaceChildren(...(error ? [icon('warning', 18), h('span', {}, error)] : []));
        if (error)
            this.control.setAttribute('aria-invalid', 'true');
        else
            this.control.removeAttribute('aria-invalid');
    }

    focus() { this.control.focus(); }
}

export function textField({ type = 'text', maxLength, autocomplete, inputMode, rows, value, ...rest }) {
    const tag = rows ? 'textarea' : 'input';
    const control = h(tag, {
        type: rows ? null : type,
        rows,
        maxlength: maxLength,
        autocomplete: autocomplete ?? 'off',
        inputmode: inputMode,
        autocapitalize: type === 'email' ? 'none' : null,
        spellcheck: type === 'email' ? 'false' : null,
    });
    const field = new Field({ control, ...rest });
    if (value !== undefined)
        field.value = value;
    return field;
}

// With a button that shows what was typed: a mistyped password is found out now, not at the next sign-in.
export function passwordField({ autocomplete, ...rest }) {
    const control = h('input', { type: 'password', autocomplete, maxlength: 200 });
    const toggle = h('button', { type: 'button', class: 'inside', 'aria-pressed': 'false', 'aria-label': t('password.show') },
        icon('eye', 22));
    toggle.addEventListener('click', () => {
        const isShown = control.type === 'text';
        control.type = isShown ? 'password' : 'text';
        toggle.setAttribute('aria-pressed', String(!isShown));
        toggle.replaceChildren(icon(isShown ? 'eye' : 'eye-off', 22));
    });
    const field = new Field({ control, wrapper: [control, toggle], ...rest });
    field.element.querySelector('.control').classList.add('with-button');
    // Spaces at the ends of a password belong to it.
    Object.defineProperty(field, 'value', { get: () => control.value });
    return field;
}

export function selectField({ options, autocomplete, value, ...rest }) {
    const control = h('select', { autocomplete },
        h('option', { value: '' }, t('field.choose')),
        options.map(([key, label]) => h('option', { value: key }, label)));
    const field = new Field({ control, ...rest });
    field.value = value;
    return field;
}

// One choice of a few, as radio buttons: { element, value }.
export function choices({ name, legend, options }) {
    const element = h('fieldset', {},
        h('legend', { class: 'unseen' }, legend),
        h('div', { class: 'choices' }, options.map(([value, label], index) =>
            h('label', {}, h('input', { type: 'radio', name, value, checked: index === 0 }), label))));
    return { element, get value() { return element.querySelector(':checked').value; } };
}
