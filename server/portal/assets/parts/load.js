import { button, h, icon, note, replace } from '../app/dom.js';
import { redraw } from '../app/focus.js';
import { Problem, sentence } from '../app/problem.js';
import { t } from '../app/text.js';

// The four states of everything that is fetched: loading, empty, a problem with a retry, content.
//
// `show(value)` draws the content, and says what an empty one looks like. On a later load the old content stays until the
// new one is there, and also when there is none.
export async function load(options) {
    const { into, ghost, fetch, show, signal, missing } = options;
    const isFirst = !into.hasChildNodes();
    if (isFirst)
        replace(into, ghost);
    into.setAttribute('aria-busy', 'true');
    try {
        const value = await fetch();
        if (!signal.aborted)
            redraw(into, () => show(value));
        return true;
    } catch (problem) {
        if (!(problem instanceof Problem))
            throw problem;
        if (signal.aborted || problem.isOver)
            return false;
        if (missing && problem.status === 404)
            missing();
        else if (isFirst)
            replace(into, retry(problem, () => {
                into.replaceChildren();
                load(options);
            }));
        return false;
    } finally {
        into.removeAttribute('aria-busy');
    }
}

function retry(problem, again) {
    return h('div', { role: 'alert' }, note('bad',
        h('p', {}, sentence(problem)),
        h('div', { class: 'row' }, button(t('load.retry'), { class: 'quiet slim', on: { click: again } }))));
}

// Nothing there, and what to do next.
export function emptyState(symbol, title, text, action = null) {
    return h('div', { class: 'card empty' }, icon(symbol, 36), h('h2', {}, title), h('p', {}, text), action);
}
