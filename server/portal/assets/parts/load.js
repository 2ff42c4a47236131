import { button, h, icon, note, replace } from '../app/dom.js';
import { redraw } from '../app/focus.js';
import { Problem, sentence } from '../app/problem.js';
import { t } from '../app/text.js';

// The four states of everything that is fetched: loading, empty, a problem with a retry, content.
//
// `show(value)` draws the content, and says what an empty one looks like. On a later load the old content stays until the
// new one is there, and also when there is none. What could not be loaded is tried again when `push` is live again, or by
// the visitor. `fail(problem, again)` answers what to show until then, where a note in place is not enough.
export async function load(options) {
    const { into, ghost, fetch, show, signal, missing, fail = retryNote } = options;
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
            sayProblem(problem, options, fail);
        return false;
    } finally {
        into.removeAttribute('aria-busy');
    }
}

function sayProblem(problem, options, fail) {
    const { into, push, signal } = options;
    const again = () => {
        if (!told.isConnected)
            return; // loaded meanwhile
        redraw(into, () => into.replaceChildren());
        load(options);
    };
    const told = fail(problem, again);
    replace(into, told);
    push.addEventListener('state', () => push.state === 'live' && again(), { signal });
}

function retryNote(problem, again) {
    return h('div', { role: 'alert' }, note('bad',
        h('p', {}, sentence(problem)),
        h('div', { class: 'row' }, retryButton(again, 'quiet slim'))));
}

export function retryButton(again, size = '') {
    return button(t('load.retry'), { class: size, on: { click: again } });
}

// Nothing there, and what to do next.
export function emptyState(symbol, title, text, action = null) {
    return h('div', { class: 'card empty' }, icon(symbol, 36), h('h2', {}, title), h('p', {}, text), action);
}
