import { fetchJson } from './http.js';
import { Problem } from './problem.js';
import { Tabs } from './tabs.js';

const storageKey = 'squad.session';
const handoverKey = 'squad.handover';
const margin = 30_000; // ms before its end at which an access token counts as spent

// Who is signed in, and the tokens that prove it.
//
// The access token lives in memory only. The refresh token lives in sessionStorage: it has to survive a reload, and the API
// takes it in the body. The price is that a script injected into the page could read it; the pages therefore run under a
// policy that admits no script but our own, and build no markup from text. It goes with the tab.
//
// Over a reload the access token is handed on through sessionStorage too, from the moment the page goes to the moment it is
// back: a refresh at every start would be one whose answer an impatient second reload throws away, and the server, which
// cannot tell that from theft, ends a session whose refresh token comes twice.
//
// All tabs of the browser share one session. A refresh token is good for one use, so a tab refreshes only while it
// holds the lock, and asks the others first whether one of them was quicker.
export class Session extends EventTarget {
    account = null;
    hasExpired = false; // it ended by itself, not by the visitor's wish
    #refreshToken = null;
    #access = null; // { token, until }
    #serial = 0; // rises with every pair of tokens, over all tabs
    #timer = 0;
    #tabs = new Tabs({
        onNews: (news) => this.#hear(news),
        onQuestion: () => this.#share(),
    });

    constructor() {
        super();
        addEventListener('pagehide', () => this.#handOver());
        addEventListener('pageshow', () => sessionStorage.removeItem(handoverKey));
    }

    get isSignedIn() { return this.#refreshToken !== null; }

    // At page load: the session this tab had, or the one another tab has.
    async restore() {
        const kept = read(storageKey);
        this.#access = read(handoverKey);
        sessionStorage.removeItem(handoverKey);
        this.#refreshToken = kept?.refreshToken ?? null;
        this.#serial = kept?.serial ?? 0;
        this.account = kept?.account ?? null;
        await this.#askOthers();
        this.#schedule();
        // Without an answer we stay signed in: the next call tries again.
        if (this.isSignedIn && !this.#isFresh())
            await this.#refresh().catch(mustBeProblem);
    }

    // After registering or signing in.
    adopt(signedIn) {
        this.#take(signedIn);
        this.#tabs.tell(this.#share());
        this.#changed('signed-in');
    }

    // A token that is good for a while. `stale` is one the server has just refused.
    async accessToken(stale = null) {
        if (!this.isSignedIn)
            throw over();
        if (!this.#isFresh(stale))
            await this.#refresh(stale);
        return this.#access.token;
    }

    learn(account) {
        this.account = account;
        this.#keep();
    }

    // All tabs know first, and the server then: the other way round a tab could find its session ended, and take what the
    // visitor wished for something that happened to them. A session the server cannot be told about is forgotten all the same.
    async signOut() {
        const token = await this.accessToken().catch(mustBeProblem);
        this.#tabs.tell({ over: 'signed-out', serial: this.#serial });
        this.#drop('signed-out');
        if (token)
            await fetchJson('POST', '/auth/logout', { token, keepalive: true }).catch(mustBeProblem);
    }

    #isFresh(stale = null) {
        return this.#access !== null && this.#access.token !== stale && Date.now() < this.#access.until - margin;
    }

    #refresh(stale = null) {
        return this.#tabs.exclusively(async () => {
            if (!this.#isFresh(stale))
                await this.#askOthers();
            if (this.#isFresh(stale))
                return;
            if (!this.isSignedIn)
                throw over();
            try {
                this.#take(await fetchJson('POST', '/auth/refresh', { body: { refreshToken: this.#refreshToken } }));
            } catch (problem) {
                if (!(problem instanceof Problem) || problem.leavesDoubt)
                    throw problem;
                this.#tabs.tell({ over: 'expired', serial: this.#serial });
                this.#drop('expired');
                throw over();
            }
            this.#tabs.tell(this.#share());
        });
    }

    #take({ value, date }) {
        this.#serial += 1;
        this.#refreshToken = value.refreshToken;
        this.account = value.account;
        this.hasExpired = false;
        // Reckoned from the server's clock: the visitor's may be wrong.
        const lifetime = Date.parse(value.accessExpiresAt) - date;
        this.#access = { token: value.accessToken, until: Date.now() + lifetime };
        this.#keep();
        this.#schedule();
    }

    #share() {
        if (!this.isSignedIn)
            return null;
        return { serial: this.#serial, refreshToken: this.#refreshToken, access: this.#access, account: this.account };
    }

    async #askOthers() {
        for (const answer of await this.#tabs.ask())
            this.#hear(answer);
    }

    #hear(news) {
        if (news.over) {
            if (this.isSignedIn && news.serial >= this.#serial)
                this.#drop(news.over);
            return;
        }
        const isNewer = news.serial > this.#serial || !this.isSignedIn || (news.serial === this.#serial && !this.#access);
        if (!isNewer)
            return;
        const before = this.account?.id;
        this.#serial = news.serial;
        this.#refreshToken = news.refreshToken;
        this.#access = news.access;
        this.account = news.account;
        this.#keep();
        this.#schedule();
        if (before !== this.account?.id)
            this.#changed('signed-in');
    }

    // Renews in the background a while before the end, so that nobody waits for it.
    #schedule() {
        clearTimeout(this.#timer);
        if (!this.#access)
            return;
        const left = this.#access.until - Date.now();
        const early = Math.max(left - 2 * margin, left / 2);
        this.#timer = setTimeout(() => this.#refresh(this.#access?.token).catch(() => {}), Math.min(early, 2 ** 31 - 1));
    }

    #drop(reason) {
        clearTimeout(this.#timer);
        this.#refreshToken = null;
        this.#access = null;
        this.account = null;
        this.hasExpired = reason === 'expired';
        this.#serial += 1;
        sessionStorage.removeItem(storageKey);
        this.#changed(reason);
    }

    #handOver() {
        if (this.#isFresh())
            sessionStorage.setItem(handoverKey, JSON.stringify(this.#access));
    }

    #keep() {
        const kept = { serial: this.#serial, refreshToken: this.#refreshToken, account: this.account };
        sessionStorage.setItem(storageKey, JSON.stringify(kept));
    }

    #changed(reason) {
        this.dispatchEvent(new CustomEvent('change', { detail: reason }));
    }
}

function read(key) {
    try {
        return JSON.parse(sessionStorage.getItem(key));
    } catch {
        return null;
    }
}

function mustBeProblem(error) {
    if (!(error instanceof Problem))
        throw error;
}

function over() {
    return new Problem({ status: 401, slug: 'session-over' });
}
