import { h } from '../app/dom.js';

// A page that says one thing, and where to go from there.
export function shortPage({ code = null, title, text, more = null, action }) {
    return h('div', { class: 'page narrow short' },
        code && h('p', { class: 'code' }, code),
        h('h1', {}, title),
        h('p', { class: 'lead' }, text),
        more,
        h('div', { class: 'row' }, action));
}
