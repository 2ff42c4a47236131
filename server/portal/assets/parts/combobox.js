import { h, icon, replace, uniqueId } from '../app/dom.js';
import { Problem, sentence } from '../app/problem.js';
import { t } from '../app/text.js';

const typingPause = 160; // ms

// Find one of many by typing: the editable combobox with a list box of the ARIA Authoring Practices.
//
// Down and Up move through the list, Enter and Tab take, Escape closes and then clears, Alt+Down opens, Alt+Up closes. The
// focus never leaves the input for the list. `find(text, signal)` answers { items, total }, `describe(item)` { name, detail };
// `onChange(item)` hears what was chosen, or null when the text was changed afterwards.
export class Combobox {
    input;
    element;
    chosen = null;
    #find;
    #describe;
    #onChange;
    #list;
    #remark = h('p', { hidden: true });
    #said = h('p', { class: 'unseen', role: 'status' });
    #popup;
    #items = [];
    #active = -1;
    #timer = 0;
    #search = new AbortController();

    constructor({ find, describe, onChange, placeholder }) {
        this.#find = find;
        this.#describe = describe;
        this.#onChange = onChange;
        const listId = uniqueId('list');
        this.input = h('input', {
            type: 'text', role: 'combobox', 'aria-expanded': 'false', 'aria-controls': listId, 'aria-autocomplete': 'list',
            autocomplete: 'off', spellcheck: 'false', placeholder,
        });
        this.#list = h('ul', { role: 'listbox', id: listId, 'aria-label': t('combobox.list') });
        this.#popup = h('div', { class: 'combo-list', hidden: true }, this.#list, this.#remark);
        this.element = h('div', { class: 'combo' }, icon('search'), this.input, this.#popup, this.#said);
        this.#listen();
    }

    choose(item) {
        this.chosen = item;
        this.input.value = item ? this.#describe(item).name : '';
        this.#close();
        this.#onChange(item);
    }

    #listen() {
        this.input.addEventListener('keydown', (event) => this.#key(event));
        this.input.addEventListener('input', () => this.#typed());
        this.input.addEventListener('click', () => this.#open());
        this.input.addEventListener('blur', () => this.#close());
        // A press must not take the focus away from the input: that would close the list before the click.
        this.#popup.addEventListener('mousedown', (event) => event.preventDefault());
        this.#list.addEventListener('click', (event) => {
            const option = event.target.closest('[role="option"]');
            if (option)
                this.choose(this.#items[[...this.#list.children].indexOf(option)]);
        });
    }

    #typed() {
        if (this.chosen) {
            this.chosen = null;
            this.#onChange(null);
        }
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#load(), typingPause);
    }

    #key(event) {
        const handle = {
            ArrowDown: () => (event.altKey ? this.#open() : this.#move(1)),
            ArrowUp: () => (event.altKey ? this.#close() : this.#move(-1)),
            Enter: () => this.#take(),
            Tab: () => this.#take() && false, // and the focus moves on
            Escape: () => this.#escape(),
        }[event.key];
        if (handle && handle() !== false)
            event.preventDefault();
    }

    #move(step) {
        if (this.#popup.hidden)
            return this.#open();
        const count = this.#items.length;
        if (count === 0)
            return;
        // From the text before the first to the last and round again.
        const next = this.#active < 0 && step < 0 ? count - 1 : (this.#active + step + count) % count;
        this.#activate(next);
    }

    // Without a choice the key is not ours; over an open list, Enter does not send the form.
    #take() {
        if (this.#active >= 0)
            this.choose(this.#items[this.#active]);
        else if (this.#popup.hidden)
            return false;
        return true;
    }

    #escape() {
        if (!this.#popup.hidden)
            return this.#close();
        if (this.input.value === '')
            return false;
        this.choose(null);
    }

    #open() {
        if (this.#popup.hidden)
            this.#load();
    }

    #close() {
        clearTimeout(this.#timer);
        this.#search.abort();
        this.#popup.hidden = true;
        this.input.setAttribute('aria-expanded', 'false');
        this.#activate(-1);
    }

    async #load() {
        this.#search.abort();
        this.#search = new AbortController();
        const { signal } = this.#search;
        if (this.#popup.hidden)
            this.#show([], t('combobox.searching'));
        try {
            const { items, total } = await this.#find(this.chosen ? '' : this.input.value.trim(), signal);
            if (!signal.aborted)
                this.#show(items, remarkOn(items.length, total));
        } catch (error) {
            if (signal.aborted)
                return;
            if (!(error instanceof Problem))
                throw error;
            this.#show([], sentence(error));
        }
    }

    #show(items, remark) {
        const active = this.#items[this.#active]?.id;
        this.#items = items;
        this.#active = -1;
        replace(this.#list, items.map((item) => this.#option(item)));
        this.#list.hidden = items.length === 0;
        this.#remark.hidden = !remark;
        this.#remark.textContent = remark ?? '';
        this.#said.textContent = remark ?? t('combobox.count', { count: items.length });
        this.#popup.hidden = false;
        this.input.setAttribute('aria-expanded', 'true');
        this.#activate(active ? items.findIndex(({ id }) => id === active) : -1); // a late answer takes nobody's place away
        this.#popup.scrollIntoView({ block: 'nearest' });
    }

    #option(item) {
        const { name, detail } = this.#describe(item);
        return h('li', { role: 'option', id: uniqueId('option'), 'aria-selected': 'false' },
            h('b', {}, name),
            h('span', {}, detail));
    }

    #activate(index) {
        const options = [...this.#list.children];
        options[this.#active]?.setAttribute('aria-selected', 'false');
        this.#active = index;
        const option = options[index];
        if (!option) {
            this.input.removeAttribute('aria-activedescendant');
            return;
        }
        option.setAttribute('aria-selected', 'true');
        option.scrollIntoView({ block: 'nearest' });
        this.input.setAttribute('aria-activedescendant', option.id);
    }
}

// A list that is cut says so.
function remarkOn(count, total) {
    if (count === 0)
        return t('combobox.none');
    return total > count ? t('combobox.more', { count, total }) : null;
}
