// The other tabs of this browser that show the portal: they answer questions and hear news.
//
// Each tab holds a lock of its own for as long as it lives. The list of held locks therefore tells exactly whom to wait
// for, and a question to nobody costs no time. Without locks (plain http on another host) a tab stands alone.

const presence = 'squad-tab:';
const patience = 400; // ms; only a frozen tab needs longer, and such a tab has no news

export class Tabs {
    #id = crypto.getRandomValues(new Uint32Array(4)).join('-');
    #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('squad') : null;
    #waiting = new Map();
    #present;

    // onNews(message) hears tell(); onQuestion() answers ask() of another tab.
    constructor({ onNews, onQuestion }) {
        this.#channel?.addEventListener('message', ({ data }) => {
            if (data.to && data.to !== this.#id)
                return;
            if (data.kind === 'news')
                onNews(data.message);
            else if (data.kind === 'question')
                this.#channel.postMessage({ kind: 'answer', to: data.from, from: this.#id, message: onQuestion() });
            else if (data.kind === 'answer')
                this.#waiting.get(data.from)?.(data.message);
        });
        this.#present = this.#announce();
    }

    tell(message) {
        this.#channel?.postMessage({ kind: 'news', from: this.#id, message });
    }

    // The answers of all tabs that live.
    async ask() {
        await this.#present;
        const others = await this.#others();
        if (others.length === 0)
            return [];
        const answers = others.map((other) => new Promise((resolve) => {
            this.#waiting.set(other, resolve);
            setTimeout(resolve, patience, null);
        }));
        this.#channel.postMessage({ kind: 'question', from: this.#id });
        const heard = await Promise.all(answers);
        others.forEach((other) => this.#waiting.delete(other));
        return heard.filter((answer) => answer !== null);
    }

    // Runs the task while no other tab runs one.
    async exclusively(task) {
        if (!navigator.locks)
            return task();
        await this.#present;
        return navigator.locks.request('squad-session', task);
    }

    #announce() {
        if (!navigator.locks || !this.#channel)
            return Promise.resolve();
        return new Promise((present) => {
            navigator.locks.request(presence + this.#id, () => {
                present();
                return new Promise(() => {}); // held until the tab goes
            });
        });
    }

    async #others() {
        if (!navigator.locks || !this.#channel)
            return [];
        const { held } = await navigator.locks.query();
        return held.map(({ name }) => name)
            .filter((name) => name.startsWith(presence) && name !== presence + this.#id)
            .map((name) => name.slice(presence.length));
    }
}
