import { language, messages } from './messages.js';

const plurals = new Intl.PluralRules(language);

// The text of a key with its {values} filled in. A message with forms per number is chosen by `count`.
export function t(key, values = {}) {
    return parts(key, values).join('');
}

// The same where a value may be an element: a list of strings and nodes, for h().
export function tn(key, values = {}) {
    return parts(key, values);
}

export function has(key) {
    return Object.hasOwn(messages, key);
}

function parts(key, values) {
    const message = messages[key];
    if (message === undefined)
        throw new Error(`There is no message ${key}`);
    const text = typeof message === 'string' ? message : message[plurals.select(values.count)] ?? message.other;
    return text.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part : values[part] ?? ''));
}
