import { h } from '../app/dom.js';
import { usStates } from '../app/us_states.js';
import { selectField, textField } from './fields.js';

export const isPhone = (text) => /^[-+. ()0-9]+$/.test(text) && /^\d{8,15}$/.test(digitsOf(text));
export const isEmail = (text) => /^[^\s@<>"(),:;\\[\]]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text);
const isZip = (text) => /^\d{5}(-\d{4})?$/.test(text);

// A US number without its country code has ten digits, and gets it.
function digitsOf(text) {
    const digits = text.replace(/\D/g, '');
    return text.trim().startsWith('+') || digits.length !== 10 ? digits : `1${digits}`;
}

// The fields of a postal address: { element, fields, value }.
export class AddressFields {
    fields;
    element;

    constructor(value) {
        const at = (name) => `/address/${name}`;
        const line1 = textField({ name: 'line1', pointer: at('line1'), maxLength: 200, autocomplete: 'address-line1' });
        const line2 = textField({
            name: 'line2', pointer: at('line2'), maxLength: 200, autocomplete: 'address-line2', optional: true,
        });
        const city = textField({ name: 'city', pointer: at('city'), maxLength: 100, autocomplete: 'address-level2' });
        const state = selectField({ name: 'state', pointer: at('state'), options: usStates, autocomplete: 'address-level1' });
        const zip = textField({
            name: 'zip', pointer: at('zip'), maxLength: 10, autocomplete: 'postal-code', inputMode: 'numeric', check: isZip,
        });
        this.fields = [line1, line2, city, state, zip];
        this.element = h('div', { class: 'columns' },
            line1.element, line2.element,
            h('div', { class: 'columns place' }, city.element, state.element, zip.element));
        this.value = value;
    }

    get value() {
        const [line1, line2, city, state, zip] = this.fields.map((field) => field.value);
        return { line1, ...(line2 && { line2 }), city, state, zip };
    }

    set value(address) {
        const keys = ['line1', 'line2', 'city', 'state', 'zip'];
        this.fields.forEach((field, index) => {
            field.value = address?.[keys[index]];
        });
    }
}
