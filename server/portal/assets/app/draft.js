import { newKey } from './api.js';
import { Problem } from './problem.js';

const firstPause = 1_000;
const longestPause = 20_000;

// One ticket on its way from the first typed letter to its number.
//
// What is typed survives a reload and an expired session. What was sent without a clear answer is sent again, the same text
// under the same key, until the answer is known, also after a reload: the server then files it once.
export class Draft {
    #api;
    #signal;
    #storageKey;
    #kept; // { fields, key, sent }
    #sending = null;
    #wake = () => {};

    // Lives as long as `signal` says.
    constructor(api, accountId, signal) {
        this.#api = api;
        this.#signal = signal;
        this.#storageKey = `squad.draft.${accountId}`;
        this.#kept = this.#read();
        addEventListener('online', () => this.sendNow(), { signal });
    }

    get fields() { return this.#kept.fields; }

    // It was sent, and nobody knows yet whether it arrived.
    get isUndecided() { return this.#kept.sent !== null; }

    remember(fields) {
        this.#kept.fields = { ...this.#kept.fields, ...fields };
        this.#write();
    }

    // Answers the ticket, or throws the Problem that says why there is none. While the outcome is unknown it tries on, and
    // tells onDoubt. A second call while one is under way gets the same answer: a double click files once.
    send(body, onDoubt) {
        this.#sending ??= this.#sendUntilDecided(body, onDoubt).finally(() => {
            this.#sending = null;
        });
        return this.#sending;
    }

    // Ends the pause before the next try.
    sendNow() { this.#wake(); }

    async #sendUntilDecided(body, onDoubt) {
        this.#kept.sent ??= body;
        this.#kept.key ??= newKey();
        this.#write();
        for (let pause = firstPause; ; pause = Math.min(pause * 2, longestPause)) {
            try {
                const ticket = await this.#api.openTicket(this.#kept.sent, this.#kept.key);
                this.#clear();
                return ticket;
            } catch (problem) {
                if (!(problem instanceof Problem))
                    throw problem;
                if (!isUndecided(problem))
                    this.#giveBack(problem);
                onDoubt(problem);
                await this.#rest(problem.retryAfter ? problem.retryAfter * 1000 : pause);
                this.#signal.throwIfAborted();
            }
        }
    }

    // Refused for good: the next try is another text, so it needs another key. When only the session is over, an earlier
    // try may still have arrived, and the same key stays.
    #giveBack(problem) {
        if (!problem.isOver) {
            this.#kept.sent = null;
            this.#kept.key = null;
            this.#write();
        }
        throw problem;
    }

    #rest(time) {
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, time);
            this.#wake = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }

    #read() {
        try {
            const kept = JSON.parse(sessionStorage.getItem(this.#storageKey));
            return { fields: kept?.fields ?? {}, key: kept?.key ?? null, sent: kept?.sent ?? null };
        } catch {
            return { fields: {}, key: null, sent: null };
        }
    }

    #write() {
        sessionStorage.setItem(this.#storageKey, JSON.stringify(this.#kept));
    }

    #clear() {
        this.#kept = { fields: {}, key: null, sent: null };
        sessionStorage.removeItem(this.#storageKey);
    }
}

// Drafts hold names and addresses: whoever signs out leaves none behind.
export function forgetDrafts() {
    Object.keys(sessionStorage)
        .filter((key) => key.startsWith('squad.draft.'))
        .forEach((key) => sessionStorage.removeItem(key));
}

// The same key may still be at work on the server: 409 then means "ask again".
function isUndecided(problem) {
    return problem.leavesDoubt || (problem.status === 409 && problem.code.startsWith('idempotency'));
}
