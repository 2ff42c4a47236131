import { button, h } from '../app/dom.js';
import { Problem, sentence } from '../app/problem.js';

// A button that has a PDF made and hands it to the browser to keep.
export function paperButton(app, label, { name, fetch, attributes = {} }) {
    const made = button(label, {
        class: 'quiet slim',
        ...attributes,
        on: { click: () => keep(app, made, name, fetch) },
    });
    return made;
}

async function keep(app, pressed, name, fetch) {
    pressed.setAttribute('aria-busy', 'true');
    try {
        const url = URL.createObjectURL(await fetch());
        h('a', { href: url, download: name }).click();
        setTimeout(() => URL.revokeObjectURL(url), 60_000); // the browser may still be reading
    } catch (problem) {
        if (!(problem instanceof Problem) || problem.isOver)
            throw problem;
        app.shell.notice(sentence(problem), 'warning');
    } finally {
        pressed.removeAttribute('aria-busy');
    }
}
