// Builds elements. Text only ever becomes a text node, so that nothing a person wrote can turn into markup.

const assets = new URL('../', import.meta.url);
const svgNamespace = 'http://www.w3.org/2000/svg';

// h('p', { class: 'soft', on: { click } }, 'text', node, [more], null)
export function h(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
        if (value === null || value === undefined || value === false)
            continue;
        if (name === 'on') {
            for (const [event, listener] of Object.entries(value))
                element.addEventListener(event, listener);
        } else if (name === 'value') {
            element.value = value;
        } else {
            element.setAttribute(name, value === true ? '' : value);
        }
    }
    element.append(...nodes(children));
    return element;
}

function nodes(children) {
    return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export function replace(element, ...children) {
    element.replaceChildren(...nodes(children));
}

// Icons say nothing a text beside them does not say, so that screen readers skip them.
export function icon(name, size = 20) {
    const svg = document.createElementNS(svgNamespace, 'svg');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('width', size);
    svg.setAttribute('height', size);
    svg.setAttribute('aria-hidden', 'true');
    const use = document.createElementNS(svgNamespace, 'use');
    use.setAttribute('href', `${new URL('icons/icons.svg', assets).pathname}#${name}`);
    svg.append(use);
    return svg;
}

let lastId = 0;
export function uniqueId(prefix) {
    lastId += 1;
    return `${prefix}-${lastId}`;
}

// A coloured note with an icon: kind is '' (information), 'warn', 'bad' or 'good'.
export function note(kind, ...children) {
    const icons = { warn: 'warning', bad: 'warning', good: 'check' };
    return h('div', { class: `note ${kind}` }, icon(icons[kind] ?? 'info'), h('div', {}, ...children));
}

export function button(label, attributes = {}) {
    return h('button', { type: 'button', ...attributes, class: `button ${attributes.class ?? ''}`.trim() }, label);
}

export function link(label, href, attributes = {}) {
    return h('a', { href, ...attributes }, label);
}

// Grey bars where content will be.
export function ghosts(...heights) {
    return h('div', { class: 'stack', 'aria-hidden': 'true' }, heights.map((height) => {
        const bar = h('div', { class: 'ghost' });
        bar.style.height = `${height}px`;
        return bar;
    }));
}
